// `proffer engine` as a process: started by drachtio-server's flags, variables and file; drained by a signal; its exit codes.
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { generate } from 'selfsigned';
import t from 'tap';
import type { Test } from 'tap';
import { EngineProcess, runCommand } from '../support/engine-process.js';
import { RawApplication } from '../support/raw-application.js';
import { inDialog, SipPeer } from './control-support.js';

const secret = 's3cret-of-a-test';

/** An application on the engine that answers calls. */
async function application(t: Test, socket: Socket): Promise<void> {
  const raw = new RawApplication(socket);
  t.teardown(() => raw.socket.destroy());
  await raw.join(secret, ['invite']);
}

async function openPeer(t: Test, engine: EngineProcess, address?: string): Promise<SipPeer> {
  const peer = await SipPeer.open(engine.sipPort, address);
  t.teardown(() => peer.close());
  return peer;
}

t.test('from the file and the environment, with metrics; the first SIGTERM drains it', async (t) => {
  const file = join(t.testdir(), 'drachtio.conf.xml');
  writeFileSync(
    file,
    `<drachtio>
       <admin port="0" secret="${secret}">127.0.0.1</admin>
       <sip>
         <contacts><contact external-ip="127.0.0.2">sip:127.0.0.1:0;transport=udp,tcp</contact></contacts>
         <user-agent-options-auto-respond>health-check</user-agent-options-auto-respond>
         <udp-mtu>4096</udp-mtu>
         <spammers action="reject">
           <header name="User-Agent"><value>loud-dialler</value></header>
         </spammers>
       </sip>
       <monitoring><prometheus port="0">127.0.0.1</prometheus></monitoring>
       <logging><loglevel>error</loglevel></logging>
     </drachtio>`,
  );
  const engine = await EngineProcess.start({
    isBare: true,
    args: ['--json'],
    env: { DRACHTIO_CONFIG_FILE_PATH: file },
  });
  t.teardown(() => engine.child.stop());
  t.equal(
    engine.child.stderr,
    `proffer: warning: <sip><udp-mtu> (${file}) does nothing here: RFC 3261 18.1.1 says when a request goes over TCP\n`,
  );
  t.match(engine.where.sip[0], /^udp\/127\.0\.0\.2:/);
  const peer = await openPeer(t, engine);
  peer.request('OPTIONS', { headers: ['User-Agent: health-check'], body: '' });
  await peer.hearStatus(200, 'OPTIONS');
  peer.request('OPTIONS', { headers: ['User-Agent: Loud-Dialler 1.0'], body: '' });
  await peer.hearStatus(603, 'OPTIONS');
  const metricsUrl = engine.where.metrics ?? '';
  const ready = async (): Promise<number> => (await fetch(metricsUrl.replace('metrics', 'readyz'))).status;
  t.equal(await ready(), 503, 'no application is there');
  await application(t, connect(engine.controlPort, '127.0.0.1'));
  t.equal(await ready(), 200);
  const call = await peer.call();
  t.match(call.target, /^sip:127\.0\.0\.2:/, 'the external address is in Contact');
  const metrics = await (await fetch(metricsUrl)).text();
  t.match(metrics, /^drachtio_app_connections 1$/m);
  t.match(metrics, /^drachtio_stable_dialogs 1$/m);
  t.match(metrics, /^drachtio_sip_requests_in_total\{method="INVITE"\} 1$/m);
  t.match(metrics, /^proffer_sip_dialogs_open 1$/m);

  engine.child.signal('SIGTERM');
  // Until the signal is there, OPTIONS gets 405: the application takes none.
  for (let status = 0; status !== 503;) {
    peer.request('OPTIONS', { body: '' });
    const answer = await peer.hear((message) => message.method === 'OPTIONS');
    status = answer.statusCode;
    if (status === 503) t.match(answer.get('retry-after'), /^\d+$/);
  }
  peer.request('INVITE');
  await peer.hearStatus(503, 'INVITE');
  t.equal(engine.child.hasExited, false, 'the call is waited for');
  peer.request('BYE', { ...inDialog(call, 2), body: '' });
  await peer.hearStatus(200, 'BYE');
  t.strictSame(await engine.child.exited, { code: 0, signal: null });
});

t.test('calls that are left when the time is over get a BYE, and the exit code is 3', async (t) => {
  const engine = await EngineProcess.start({ args: ['--secret', secret, '--drain', '0'] });
  t.teardown(() => engine.child.stop());
  await application(t, connect(engine.controlPort, '127.0.0.1'));
  const peer = await openPeer(t, engine);
  const call = await peer.call();
  const other = await openPeer(t, engine, '127.0.0.3');
  other.request('BYE', { ...inDialog(call, 2), body: '' });
  await other.hearStatus(481, 'BYE');
  engine.child.signal('SIGTERM');
  await peer.hearRequest('BYE');
  t.strictSame(await engine.child.exited, { code: 3, signal: null });
});

t.test(
  'other addresses of a known peer are heard inside a dialog; a second signal ends it at once',
  async (t) => {
    const args = [
      '--secret',
      secret,
      '--drain',
      '600',
      '--trusted-net',
      '192.0.2.1',
      '--trusted-net',
      '127.0.0.3',
    ];
    const engine = await EngineProcess.start({ args });
    t.teardown(() => engine.child.stop());
    await application(t, connect(engine.controlPort, '127.0.0.1'));
    const peer = await openPeer(t, engine);
    const other = await openPeer(t, engine, '127.0.0.3');
    other.request('BYE', { ...inDialog(await peer.call(), 2), body: '' });
    await other.hearStatus(200, 'BYE');
    await peer.call();
    engine.child.signal('SIGTERM');
    peer.request('MESSAGE', { body: '' });
    for (let status = 405; status === 405;) {
      peer.request('MESSAGE', { body: '' });
      status = (await peer.hear((message) => message.method === 'MESSAGE')).statusCode;
    }
    engine.child.signal('SIGTERM');
    t.strictSame(await engine.child.exited, { code: 143, signal: null });
  },
);

t.test('an application over TLS, and certificates read anew', async (t) => {
  const folder = t.testdir();
  const pem = await generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048 });
  const paths = { certificate: join(folder, 'c.pem'), key: join(folder, 'k.pem') };
  writeFileSync(paths.certificate, pem.cert);
  writeFileSync(paths.key, pem.private);
  const args = [
    '--secret',
    secret,
    '--tls-port',
    '0',
    '--cert-file',
    paths.certificate,
    '--key-file',
    paths.key,
    '--contact',
    'sips:127.0.0.1:0',
  ];
  const engine = await EngineProcess.start({ args });
  t.teardown(() => engine.child.stop());
  t.match(engine.where.sip, [/^udp\//, /^tcp\//, /^tls\//]);
  await application(t, connectTls({ host: '127.0.0.1', port: engine.tlsPort, rejectUnauthorized: false }));
  const peer = await openPeer(t, engine);
  const call = await peer.call();
  peer.request('BYE', { ...inDialog(call, 2), body: '' });
  await peer.hearStatus(200, 'BYE');
  engine.child.signal('SIGHUP');
  await application(t, connectTls({ host: '127.0.0.1', port: engine.tlsPort, rejectUnauthorized: false }));
  t.equal(engine.child.hasExited, false, 'SIGHUP reads certificates anew');
});

t.test(
  'proffer trace --engine shows its messages to its own user, without settings or a token',
  async (t) => {
    const token = 'token-of-this-test-1';
    const env = { TMPDIR: t.testdir(), PROFFER_API_TOKEN: token };
    const args = ['--secret', secret, '--prometheus-scrape-port', '0'];
    const engine = await EngineProcess.start({ args, env });
    t.teardown(() => engine.child.stop());
    await application(t, connect(engine.controlPort, '127.0.0.1'));
    const peer = await openPeer(t, engine);
    const call = await peer.call();
    const trace = (options: readonly string[], more: Readonly<Record<string, string>> = {}) =>
      runCommand(['trace', ...options], { TMPDIR: env.TMPDIR, PROFFER_CONFIG_DIR: '/nowhere', ...more });
    const port = String(engine.controlPort);
    const url = (engine.where.metrics ?? '').replace('/metrics', '');
    const [shown, listed, elsewhere, remote, refused, noPort] = await Promise.all([
      trace(['--engine', port, call.callId]),
      trace(['--engine', port, '--list']),
      trace(['--engine', '9', call.callId]),
      trace(['--engine', '--url', url, '--list'], { PROFFER_API_TOKEN: token }),
      trace(['--engine', '--url', url, '--list']),
      trace(['--url', url, '--engine', call.callId], { PROFFER_API_TOKEN: token }),
    ]);
    t.match(shown, { code: 0, stdout: /-+ INVITE \(SDP\) -+>[^]*<-+ 200 OK \(SDP\) -+[^]*-+ ACK -+>/ });
    t.match(shown.stdout, /hidden: the engine has no --personal-data/);
    t.match(listed.stdout, call.callId);
    t.match(listed.stdout, /\(--trace-bytes\)/);
    t.match(elsewhere, {
      code: 1,
      stderr: 'no engine with control port 9 that keeps messages runs as this user',
    });
    t.match(remote, { code: 0, stdout: call.callId });
    t.match(noPort, { code: 0, stdout: /-+ INVITE/ }, 'what follows --engine may be the call');
    t.match(refused, { code: 1, stderr: 'does not let this command in: run it as the user of the engine' });

    const folder = join(env.TMPDIR, `proffer-${userInfo().uid}`);
    const file = join(folder, `engine-${port}.json`);
    t.equal(statSync(file).mode & 0o777, 0o600);
    chmodSync(folder, 0o755);
    t.match(
      await trace(['--engine', port, '--list']),
      { code: 1 },
      'a folder that others open is not believed',
    );
    chmodSync(folder, 0o700);
    engine.child.signal('SIGTERM');
    peer.request('BYE', { ...inDialog(call, 2), body: '' });
    await engine.child.exited;
    t.equal(existsSync(file), false);
  },
);

t.test('what cannot be started says why in one line, with its exit code', async (t) => {
  const cases = [
    [['--secrt', 'x'], 2, /unknown option '--secrt'\n\(Did you mean --secret\?\)/],
    [['--loglevel', 'loud'], 2, /"loud" is none of notice.*\n.*a secret is needed: set DRACHTIO_SECRET/],
    [['--secret', 'x', '--contact', 'sip:nowhere.invalid'], 1, /cannot listen on "sip:nowhere\.invalid"/],
  ] as const;
  await Promise.all(
    cases.map(async ([args, code, says]) => {
      const child = EngineProcess.launch({ args });
      t.strictSame(await child.exited, { code, signal: null }, args.join(' '));
      t.match(child.stderr, says);
      t.notMatch(child.stderr, /\n\s+at /, 'no stack trace');
    }),
  );
});
