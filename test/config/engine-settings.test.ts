// What drachtio-server takes from its command line, its environment and drachtio.conf.xml, as `proffer engine` reads it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { engineOptions, readEngineSettings, SettingsError } from '../../src/config/index.js';
import type { EngineFlags, EngineOption, EngineOptionName, EngineSettings } from '../../src/config/index.js';
import { structuralElements } from '../../src/config/engine/option-table.js';

type Variables = Readonly<Record<string, string>>;

function read(
  values: EngineFlags['values'],
  variables: Variables = {},
  contacts: EngineFlags['contacts'] = [],
): EngineSettings {
  const base = values.file === undefined && variables['DRACHTIO_CONFIG_FILE_PATH'] === undefined;
  return readEngineSettings({ values: base ? { noconfig: 'true', ...values } : values, contacts }, variables);
}

/** The lines of what is refused. */
function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'accepted';
}

function xmlFile(t: Test, inner: string): string {
  const file = join(t.testdir(), 'drachtio.conf.xml');
  writeFileSync(file, `<?xml version="1.0"?>\n<drachtio>\n${inner}\n</drachtio>\n`);
  return file;
}

t.test('nothing said: loopback, and no start without a secret', (t) => {
  const settings = read({ secret: 's3' });
  t.match(settings, {
    contacts: [{ uri: 'sip:127.0.0.1:5060;transport=udp,tcp' }],
    admin: { address: '127.0.0.1', port: 9022, tlsPort: undefined },
    handlers: [],
    hasCdrs: true,
    logLevel: 'info',
    warnings: [],
  });
  t.match(
    refused(() => read({})),
    /--secret: a secret is needed: set DRACHTIO_SECRET/,
  );
  t.match(read({ secret: 'cymru' }).warnings, [/cymru is that of every example/]);
  t.end();
});

t.test('peers that are known are named by addresses and blocks', (t) => {
  t.strictSame(read({ secret: 's' }).trustedNets, []);
  const variables = { PROFFER_TRUSTED_NETS: '192.0.2.0/24, 2001:db8::1' };
  t.strictSame(read({ secret: 's' }, variables).trustedNets, ['192.0.2.0/24', '2001:db8::1']);
  t.match(
    refused(() => read({ secret: 's', trustedNet: '192.0.2.1,carrier.example.com,192.0.2.1/24' })),
    /--trusted-net: "carrier\.example\.com" is not an IPv4[^]*"192\.0\.2\.1\/24" is an address inside a block/,
  );
  t.end();
});

t.test('flags go before the environment, the environment before the file', (t) => {
  const file = xmlFile(
    t,
    `<admin port="1111" secret="of-file">10.0.0.1</admin>
     <sip><contacts><contact external-ip="198.51.100.1">sip:10.0.0.1:5060</contact></contacts>
       <timers><t1>250</t1></timers></sip>
     <logging><loglevel>debug</loglevel></logging>`,
  );
  const ofFile = read({ file });
  t.match(ofFile, {
    admin: { address: '10.0.0.1', port: 1111 },
    secret: 'of-file',
    contacts: [{ uri: 'sip:10.0.0.1:5060', externalIp: '198.51.100.1' }],
    timers: { t1: 250 },
    logLevel: 'debug',
  });
  const variables = {
    DRACHTIO_CONFIG_FILE_PATH: file,
    DRACHTIO_ADMIN_TCP_PORT: '2222',
    DRACHTIO_SECRET: 'of-environment',
    DRACHTIO_LOGLEVEL: 'error',
  };
  const ofEnvironment = read({}, variables);
  t.match(ofEnvironment, {
    admin: { address: '10.0.0.1', port: 2222 },
    secret: 'of-environment',
    logLevel: 'error',
  });
  const ofFlags = read({ port: '3333', secret: 'of-flag' }, variables, [{ uri: 'sip:127.0.0.1:0' }]);
  t.match(ofFlags, { admin: { port: 3333 }, secret: 'of-flag', contacts: [{ uri: 'sip:127.0.0.1:0' }] });
  t.end();
});

t.test('every element of drachtio.conf.xml is known, and those without a meaning say so once', (t) => {
  const paths = [
    ...Object.values<EngineOption>(engineOptions).flatMap(({ element }) => element ?? []),
    ...Object.keys(structuralElements),
  ];
  for (const path of paths) {
    const [elements = '', attribute] = path.split('@');
    const tags = elements.split('/');
    const last = tags.at(-1) ?? '';
    const isHandler = last === 'request-handler' || last === 'httpHandler';
    const value = isHandler
      ? 'http://127.0.0.1:9'
      : last.endsWith('contact')
        ? 'sip:127.0.0.1:0'
        : valueOf(path);
    const opened = attribute === undefined ? `<${last}>` : `<${last} ${attribute}="${valueOf(path)}">`;
    const inner = `${opened}${value}</${last}>`;
    const xml = tags.slice(0, -1).reduceRight((inside, tag) => `<${tag}>${inside}</${tag}>`, inner);
    const problems = refused(() => {
      const { warnings } = read({ file: xmlFile(t, xml), secret: 's3' });
      const isInert = inertElements().has(path);
      const about = warnings.filter((line) => line.includes('does nothing here'));
      if (isInert) t.equal(about.length, 1, `${path}: ${about.join(' ')}`);
    });
    t.notMatch(problems, /is no (element|attribute)/, path);
  }
  t.end();
});

function valueOf(path: string): string {
  if (path.includes('loglevel') && !path.includes('sofia')) return 'info';
  if (path.includes('min-tls')) return '1.2';
  if (/reject|cdrs/.test(path)) return 'true';
  return path.startsWith('admin') && !path.includes('@') ? '127.0.0.1' : '1000';
}

function inertElements(): ReadonlySet<string> {
  const all = new Set<string>();
  for (const { element, inert } of Object.values<EngineOption>(engineOptions)) {
    if (element !== undefined && inert !== undefined) all.add(element);
  }
  for (const [element, { inert }] of Object.entries(structuralElements))
    if (inert !== undefined) all.add(element);
  return all;
}

t.test('flags and variables without a meaning here are accepted with one warning each', (t) => {
  for (const [name, option] of Object.entries<EngineOption>(engineOptions)) {
    if (option.inert === undefined) continue;
    if (option.flag !== undefined) {
      const { warnings } = read({ secret: 's3', [name as EngineOptionName]: '1' });
      t.equal(warnings.length, 1, option.flag);
      t.match(warnings[0], option.inert);
    }
    if (option.variable !== undefined) {
      const { warnings } = read({ secret: 's3' }, { [option.variable]: '1' });
      t.equal(warnings.length, 1, option.variable);
    }
  }
  t.end();
});

t.test('what is wrong is refused with its file, its element and what would be right', (t) => {
  for (const [xml, expected] of [
    [
      '<sip><tsl/></sip>',
      /drachtio\.conf\.xml: <sip><tsl>: is no element of drachtio-server; did you mean "tls"\?/,
    ],
    ['<admin sceret="x"/>', /<admin> sceret: is no attribute of drachtio-server; did you mean "secret"\?/],
    ['<admin port="99999"/>', /<admin> port: "99999" is not a whole number from 0 to 65535/],
    ['<logging><loglevel>loud</loglevel></logging>', /<loglevel>: "loud" is none of notice, error/],
    ['<sip><timers><t1>fast</t1></timers></sip>', /<t1>: "fast" is not a whole number/],
    [
      '<request-handlers><request-handler>here</request-handler></request-handlers>',
      /"here" is no http:\/\//,
    ],
    ['<sip><tls><key-file>k</key-file></tls></sip>', /<key-file>: "k" needs --cert-file as well/],
    ['<sip>', /drachtio\.conf\.xml:\d+: is no XML/],
  ] as const) {
    t.match(
      refused(() => read({ file: xmlFile(t, xml), secret: 's3' })),
      expected,
      xml,
    );
  }
  t.match(
    refused(() => read({ file: '/nowhere.xml', secret: 's3' })),
    /\/nowhere\.xml: cannot be read/,
  );
  t.match(
    refused(() => read({ secret: 's3', tlsPort: '9023' })),
    /--tls-port: "9023" needs --cert-file/,
  );
  const { warnings } = read(
    { secret: 's3' },
    { DRACHTIO_LOGLEVL: 'info', DRACHTIO_PORT_9022_TCP: 'tcp://10.0.0.1' },
  );
  t.strictSame(warnings, [
    'DRACHTIO_LOGLEVL (environment) is no variable of drachtio-server; did you mean "DRACHTIO_LOGLEVEL"?',
  ]);
  t.end();
});

t.test('contacts, handlers, spammers and the metrics port as drachtio-server has them', (t) => {
  const file = xmlFile(
    t,
    `<admin secret="s3" tls-port="9023">127.0.0.1</admin>
     <request-handlers>
       <request-handler sip-method="invite" http-method="POST" verify-peer="false">https://handler.example/</request-handler>
       <request-handler sip-method="REGISTER">tcp://127.0.0.1:3041</request-handler>
     </request-handlers>
     <sip>
       <contacts>
         <contact>sip:*;transport=udp,tcp,ws</contact>
         <contact>sips:*:443;transport=wss</contact>
       </contacts>
       <tls><key-file>k.pem</key-file><cert-file>c.pem</cert-file></tls>
       <spammers action="reject" tcp-action="discard">
         <header name="User-Agent"><value>sipcli</value><value>friendly-scanner</value></header>
         <header><value>sipvicious</value></header>
       </spammers>
     </sip>
     <cdrs>false</cdrs>
     <monitoring><prometheus port="8088">10.0.0.1</prometheus></monitoring>`,
  );
  const settings = read({ file });
  t.match(settings, {
    contacts: [{ uri: 'sip:*;transport=udp,tcp' }],
    handlers: [
      { sipMethod: 'INVITE', httpMethod: 'POST', uri: 'https://handler.example/', mustVerifyPeer: false },
      { sipMethod: 'REGISTER', httpMethod: 'GET', uri: 'tcp://127.0.0.1:3041', mustVerifyPeer: true },
    ],
    tls: { certificate: 'c.pem', key: 'k.pem', minVersion: 'TLSv1.2' },
    spammers: {
      action: 'reject',
      streamAction: 'discard',
      headers: { 'User-Agent': ['sipcli', 'friendly-scanner'] },
    },
    hasCdrs: false,
    metrics: { host: '10.0.0.1', port: 8088 },
  });
  t.equal(settings.contacts.length, 1, 'WebSocket is left out');
  t.equal(settings.warnings.length, 2, settings.warnings.join('\n'));
  const flagged = read({
    file,
    httpHandler: 'http://127.0.0.1:9',
    httpMethod: 'post',
    prometheus: '0.0.0.0:9100',
  });
  t.match(flagged.handlers, [{ sipMethod: '*', httpMethod: 'POST', uri: 'http://127.0.0.1:9' }]);
  t.equal(flagged.handlers.length, 1, 'a flag replaces the handlers of the file');
  t.match(flagged.metrics, { host: '0.0.0.0', port: 9100 });
  t.end();
});
