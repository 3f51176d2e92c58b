import t from 'tap';
import { effectiveSettings, readEnvironment, SettingsError } from '../../src/config/index.js';
import type { Settings } from '../../src/config/index.js';
import { parseSettings } from '../../src/config/load.js';
import { problemLines, shippedTexts } from './shipped.js';

type Variables = Readonly<Record<string, string>>;

function refusal(variables: Variables): string {
  try {
    readEnvironment(variables);
    return 'accepted';
  } catch (error) {
    return error instanceof SettingsError ? error.message : String(error);
  }
}

function settingsWith(variables: Variables): Settings {
  const result = parseSettings(shippedTexts, readEnvironment(variables));
  if (!result.ok) throw new SettingsError(result.problems);
  return result.settings;
}

t.test('what is not set takes its default', (t) => {
  t.strictSame(readEnvironment({ PATH: '/bin', PROFFER_SIP_PORT: '', DRACHTIO_HOST: '  ' }), {
    dataDir: './data',
    configDir: './config',
    sipPort: undefined,
    httpPort: undefined,
    redisUrl: undefined,
    databaseUrl: undefined,
    drachtioHost: undefined,
    drachtioPort: undefined,
    drachtioSecret: undefined,
    freeswitchEsl: undefined,
    freeswitchSecret: 'ClueCon',
    apiToken: undefined,
    oidcSecret: undefined,
    identityKey: undefined,
    previousIdentityKeys: [],
  });
  t.end();
});

t.test('every variable', (t) => {
  const environment = readEnvironment({
    PROFFER_DATA_DIR: '/var/lib/proffer',
    PROFFER_CONFIG_DIR: '/etc/proffer',
    PROFFER_SIP_PORT: '0',
    PROFFER_HTTP_PORT: ' 9090 ',
    REDIS_URL: 'rediss://user:secret@redis.example.com:6380/2',
    DATABASE_URL: ' postgresql://user:secret@db.example.com:5433/proffer?sslmode=require ',
    DRACHTIO_HOST: '2001:db8::1',
    DRACHTIO_PORT: '9023',
    DRACHTIO_SECRET: 'cymru',
    FREESWITCH_ESL: 'east=127.0.0.1:8021, west=[::1]:8022',
    FREESWITCH_ESL_SECRET: 'swordfish',
    PROFFER_API_TOKEN: 'a-token-of-sixteen',
    PROFFER_OIDC_SECRET: 'oidc-secret',
    PROFFER_IDENTITY_KEY: 'a-key-of-sixteen-',
    PROFFER_IDENTITY_KEYS_PREVIOUS: 'the-key-before-it, the-key-before-that',
  });
  t.strictSame(environment, {
    dataDir: '/var/lib/proffer',
    configDir: '/etc/proffer',
    sipPort: 0,
    httpPort: 9090,
    redisUrl: 'rediss://user:secret@redis.example.com:6380/2',
    databaseUrl: 'postgresql://user:secret@db.example.com:5433/proffer?sslmode=require',
    drachtioHost: '2001:db8::1',
    drachtioPort: 9023,
    drachtioSecret: 'cymru',
    freeswitchEsl: [
      { centre: 'east', host: '127.0.0.1', port: 8021 },
      { centre: 'west', host: '[::1]', port: 8022 },
    ],
    freeswitchSecret: 'swordfish',
    apiToken: 'a-token-of-sixteen',
    oidcSecret: 'oidc-secret',
    identityKey: 'a-key-of-sixteen-',
    previousIdentityKeys: ['the-key-before-it', 'the-key-before-that'],
  });
  t.ok(Object.isFrozen(environment));
  t.end();
});

t.test('values that cannot be', (t) => {
  const port = (name: string, value: string, least = 0): string =>
    `environment: ${name}: "${value}" is not a port: a whole number from ${least} to 65535`;
  const redis =
    'environment: REDIS_URL: is not a Redis URL, such as redis://127.0.0.1:6379 or rediss://user:password@host:6380/0';
  const database =
    'environment: DATABASE_URL: is not a PostgreSQL URL, such as postgres://user:password@127.0.0.1:5432/proffer';
  const cases: readonly (readonly [Variables, string])[] = [
    [
      { PROFFER_IDENTITY_KEYS_PREVIOUS: 'the-key-before-it,short' },
      'environment: PROFFER_IDENTITY_KEYS_PREVIOUS: has a key that is shorter than 16 characters; keys have commas between them',
    ],
    [{ PROFFER_SIP_PORT: 'x' }, port('PROFFER_SIP_PORT', 'x')],
    [{ PROFFER_SIP_PORT: '70000' }, port('PROFFER_SIP_PORT', '70000')],
    [{ PROFFER_HTTP_PORT: '-1' }, port('PROFFER_HTTP_PORT', '-1')],
    [{ PROFFER_HTTP_PORT: '80.5' }, port('PROFFER_HTTP_PORT', '80.5')],
    [{ PROFFER_HTTP_PORT: '0x50' }, port('PROFFER_HTTP_PORT', '0x50')],
    [{ DRACHTIO_PORT: '0' }, port('DRACHTIO_PORT', '0', 1)],
    [{ REDIS_URL: 'http://127.0.0.1' }, redis],
    [{ REDIS_URL: '127.0.0.1:6379' }, redis],
    [{ REDIS_URL: 'redis://' }, redis],
    [{ DATABASE_URL: 'mysql://127.0.0.1/proffer' }, database],
    [{ DATABASE_URL: 'host=127.0.0.1 dbname=proffer' }, database],
    [{ DATABASE_URL: 'postgres:///proffer' }, database],
    [
      { DRACHTIO_HOST: 'tcp://drachtio' },
      'environment: DRACHTIO_HOST: "tcp://drachtio" is not a host name or an address',
    ],
    ...['127.0.0.1', 'east=127.0.0.1', '127.0.0.1:0', '127.0.0.1:70000', 'east=a:1,b:2', 'e st=a:1'].map(
      (value): readonly [Variables, string] => [
        { FREESWITCH_ESL: value },
        `environment: FREESWITCH_ESL: "${value}" is no address of an event socket: host:8021, or east=host:8021,west=host:8021`,
      ],
    ),
    [
      { PROFFER_API_TOKEN: 'short' },
      'environment: PROFFER_API_TOKEN: is shorter than 16 characters; such as the output of: openssl rand -hex 32',
    ],
    [
      { PROFFER_SIP_PORT: 'a', DRACHTIO_PORT: 'b' },
      [port('PROFFER_SIP_PORT', 'a'), port('DRACHTIO_PORT', 'b', 1)].join('\n'),
    ],
  ];
  for (const [variables, expected] of cases) t.equal(refusal(variables), expected);
  t.end();
});

t.test('a password in a bad URL is not repeated', (t) => {
  t.notMatch(refusal({ REDIS_URL: 'redi://user:hunter2@host' }), 'hunter2');
  t.notMatch(refusal({ DATABASE_URL: 'postgre://user:hunter2@host' }), 'hunter2');
  t.end();
});

t.test('variables replace settings', (t) => {
  const { sip, http, strategyStore } = settingsWith({
    PROFFER_SIP_PORT: '5070',
    PROFFER_HTTP_PORT: '0',
    REDIS_URL: 'redis://127.0.0.1:6379',
    DRACHTIO_HOST: 'drachtio',
    DRACHTIO_SECRET: 'cymru',
  }).process;
  t.strictSame(sip.listen, ['sip:127.0.0.1:5070;transport=udp,tcp']);
  t.equal(sip.engine, 'drachtio');
  t.strictSame(sip.drachtio, { host: 'drachtio', port: 9022 });
  t.equal(http.port, 0);
  t.equal(strategyStore.kind, 'redis');
  t.end();
});

t.test('no variable, no change', (t) => {
  const settings = settingsWith({});
  t.strictSame(effectiveSettings(settings, readEnvironment({})), settings);
  t.end();
});

t.test('what the settings need from the environment', (t) => {
  const redis = { file: 'proffer.yaml', from: 'kind: lmdb', to: 'kind: redis' };
  t.strictSame(problemLines([redis]), [
    'environment: REDIS_URL: is not set, but strategyStore.kind is redis; such as redis://127.0.0.1:6379',
  ]);
  t.strictSame(problemLines([], readEnvironment({ DRACHTIO_HOST: 'drachtio' })), [
    'environment: DRACHTIO_SECRET: is not set, but the SIP engine is a drachtio-server; its admin secret belongs here',
  ]);
  const listen = '    - sip:127.0.0.1:5060;transport=udp,tcp\n';
  const two = {
    file: 'proffer.yaml',
    from: listen,
    to: `${listen}    - sip:127.0.0.1:5062;transport=udp,tcp\n`,
  };
  t.strictSame(problemLines([two], readEnvironment({ PROFFER_SIP_PORT: '5070' })), [
    'environment: PROFFER_SIP_PORT: 5070 makes two addresses of sip.listen the same',
  ]);
  t.strictSame(problemLines([two]), []);
  t.end();
});

t.test('FREESWITCH_ESL is the event socket of a centre', (t) => {
  const socketsOf = (value: string) =>
    settingsWith({ FREESWITCH_ESL: value }).centres.centres.map(({ eventSocket }) => eventSocket?.port);
  const [east, west] = socketsOf('west=10.0.0.2:9021');
  t.equal(west, 9021);
  t.not(east, 9021);
  const first = settingsWith({ FREESWITCH_ESL: '10.0.0.1:9020' }).centres.centres[0]?.eventSocket;
  t.match(first, { host: '10.0.0.1', port: 9020, domain: 'default' });
  t.throws(() => settingsWith({ FREESWITCH_ESL: 'north=10.0.0.1:9020' }), {
    message: 'environment: FREESWITCH_ESL: "north" is no centre of centres.yaml',
  });
  t.end();
});
