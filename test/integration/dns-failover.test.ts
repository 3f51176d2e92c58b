// Calls to names: RFC 3263 4.3 and 5 with a DNS server, an unmodified drachtio-srf application and servers on loopback addresses.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import t from 'tap';
import type { DnsOptions, SipMessage } from '../../src/sip/index.js';
import { freePort } from '../support/free-port.js';
import { NameServer } from '../support/name-server.js';
import { openStage, sdp } from './control-support.js';
import type { SipPeer, SrfApplication, SrfRequest, Stage } from './control-support.js';

/** Timers B and F are 1.3 s with it. */
const t1 = 20;

interface Scene {
  readonly stage: Stage;
  readonly dns: NameServer;
  /** Peers at 127.0.0.2 and up, on one port. */
  readonly servers: readonly SipPeer[];
  readonly port: number;
}

async function scene(
  t: { teardown(fn: () => Promise<void>): void },
  prepare: (srf: SrfApplication) => void,
  options: { servers?: number; dns?: Partial<DnsOptions> } = {},
): Promise<Scene> {
  const dns = await NameServer.start();
  const stage = await openStage('in-process', prepare, {
    t1,
    dns: { servers: [dns.address], ...options.dns },
  });
  t.teardown(async () => {
    await stage.close();
    await dns.stop();
  });
  const port = await freePort();
  const servers: SipPeer[] = [];
  for (let i = 0; i < (options.servers ?? 2); i++) servers.push(await stage.peer(`127.0.0.${i + 2}`, port));
  return { stage, dns, servers, port };
}

function server({ servers }: Scene, index: number): SipPeer {
  const found = servers[index];
  if (found === undefined) throw new Error('no such server');
  return found;
}

const seen = new Set<string>();

/** The next INVITE that is no copy of one heard before: on a busy machine there are copies. */
async function invited(peer: SipPeer): Promise<SipMessage> {
  const keyOf = (one: SipMessage): string => `${peer.address} ${one.topVia()?.branch ?? ''}`;
  const invite = await peer.hear((one) => one.isRequest && one.method === 'INVITE' && !seen.has(keyOf(one)));
  seen.add(keyOf(invite));
  return invite;
}

const quiet = (): void => undefined;

async function statusOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 200,
    (error: unknown) => (error as { status?: number }).status,
  );
}

t.test('RFC 3263 4.3: a silent server, then the next; ACK and BYE follow the INVITE', async (t) => {
  const the = await scene(t, quiet);
  const { stage, dns, port } = the;
  const [silent, alive] = [server(the, 0), server(the, 1)];
  dns
    .srv('_sip._udp.bob.example', `a.bob.example:${port}`, 10)
    .srv('_sip._udp.bob.example', `b.bob.example:${port}`, 20)
    .a('a.bob.example', '127.0.0.2')
    .a('b.bob.example', '127.0.0.3');
  const answer = async (peer: SipPeer): Promise<void> => {
    const invite = await invited(peer);
    peer.reply(invite, 100);
    // The Contact leads to both again: what belongs to the call must find the one that has it.
    peer.reply(invite, 200, { body: sdp, contact: 'sip:bob@bob.example' });
    await peer.hearRequest('ACK');
    peer.reply(await peer.hearRequest('BYE'), 200);
  };
  const talk = answer(alive);
  const call = await stage.srf.createUAC('sip:bob@bob.example', { localSdp: sdp });
  await call.destroy();
  await talk;
  const first = await invited(silent);
  t.match(first.get('cseq'), /INVITE/);
  t.equal(
    silent.pending((one) => one.method === 'ACK' || one.method === 'BYE'),
    0,
  );
  t.equal(stage.engine.resolver.failed.failures, 1);
  const again = answer(alive);
  const before = silent.pending((one) => one.method === 'INVITE');
  await (await stage.srf.createUAC('sip:bob@bob.example', { localSdp: sdp })).destroy();
  await again;
  t.equal(
    silent.pending((one) => one.method === 'INVITE'),
    before,
    'the next call goes to the other at once',
  );
  t.equal(dns.count('SRV', '_sip._udp.bob.example'), 1, 'and DNS is not asked again');
});

t.test('503 of one server: the next one gets the same request in a transaction of its own', async (t) => {
  const the = await scene(t, quiet);
  const { stage, dns, port } = the;
  dns.a('bob.example', '127.0.0.2', '127.0.0.3');
  const work = stage.srf.createUAC(`sip:bob@bob.example:${port}`, { localSdp: sdp });
  const busy = await invited(server(the, 0));
  server(the, 0).reply(busy, 503, { headers: [['Retry-After', '5']] });
  await server(the, 0).hearRequest('ACK');
  const invite = await invited(server(the, 1));
  for (const name of ['call-id', 'cseq', 'from', 'to']) t.equal(invite.get(name), busy.get(name), name);
  t.not(invite.topVia()?.branch, busy.topVia()?.branch, '4.3: a new branch');
  server(the, 1).reply(invite, 200, { body: sdp });
  const ack = await server(the, 1).hearRequest('ACK');
  t.equal(ack.callId, invite.callId);
  const call = await work;
  void call.destroy();
  server(the, 1).reply(await server(the, 1).hearRequest('BYE'), 200);
});

t.test('no server left: the last 503 is what the application hears', async (t) => {
  const the = await scene(t, quiet);
  the.stage.engine.resolver.failed.add({ protocol: 'udp', address: '127.0.0.2', port: the.port });
  the.dns.a('bob.example', '127.0.0.2', '127.0.0.3');
  const work = the.stage.srf.createUAC(`sip:bob@bob.example:${the.port}`, { localSdp: sdp });
  for (const i of [1, 0]) server(the, i).reply(await invited(server(the, i)), 503);
  t.equal(await statusOf(work), 503);
});

t.test('a CANCEL goes where the INVITE went, and no further server is tried', async (t) => {
  const the = await scene(t, quiet);
  the.dns.a('bob.example', '127.0.0.2', '127.0.0.3');
  let sent: SrfRequest | undefined;
  const work = the.stage.srf.createUAC(
    `sip:bob@bob.example:${the.port}`,
    { localSdp: sdp },
    { cbRequest: (_error: unknown, request: SrfRequest) => (sent = request) },
  );
  server(the, 0).reply(await invited(server(the, 0)), 503);
  const invite = await invited(server(the, 1));
  server(the, 1).reply(invite, 180);
  await new Promise((resolve) => setImmediate(resolve));
  sent?.cancel();
  const cancel = await server(the, 1).hearRequest('CANCEL');
  t.equal(cancel.topVia()?.branch, invite.topVia()?.branch);
  server(the, 1).reply(cancel, 200);
  server(the, 1).reply(invite, 487);
  t.equal(await statusOf(work), 487);
  t.equal(
    server(the, 0).pending((one) => one.method === 'CANCEL'),
    0,
  );
});

t.test('NAPTR chooses TCP, whose port is closed at the first server', async (t) => {
  const the = await scene(t, quiet);
  const { stage, dns } = the;
  const port = await freePort();
  const heard = new Promise<string>((resolve) => {
    const listener = createServer((socket) => socket.once('data', (data) => resolve(String(data))));
    listener.listen(port, '127.0.0.3');
    t.teardown(() => void listener.close());
  });
  dns
    .naptr('bob.example', 'SIP+D2T', '_sip._tcp.bob.example', 1)
    .naptr('bob.example', 'SIP+D2U', '_sip._udp.bob.example', 2)
    .srv('_sip._tcp.bob.example', `a.bob.example:${port}`, 10)
    .srv('_sip._tcp.bob.example', `b.bob.example:${port}`, 20)
    .a('a.bob.example', '127.0.0.2')
    .a('b.bob.example', '127.0.0.3');
  dns.behaviours.set('bob.example', 'truncated');
  await stage.srf.request('sip:bob@bob.example', { method: 'OPTIONS' });
  t.match(await heard, /^OPTIONS sip:bob@bob\.example SIP\/2\.0\r\n[^]*Via: SIP\/2\.0\/TCP/);
});

function proxying(targets: () => readonly string[], options: object = {}): (srf: SrfApplication) => void {
  return (srf) =>
    srf.invite((req) => {
      void srf.proxyRequest(req, [...targets()], { remainInDialog: true, ...options }).catch(() => undefined);
    });
}

t.test('RFC 3261 16.7: a proxy tries the servers of a target before the next target', async (t) => {
  let targets: string[] = [];
  const the = await scene(
    t,
    proxying(() => targets, { provisionalTimeout: '300ms' }),
    { servers: 4 },
  );
  const { stage, dns, port } = the;
  dns.a('bob.example', '127.0.0.2', '127.0.0.3', '127.0.0.4').a('carol.example', '127.0.0.5');
  targets = [`sip:bob@bob.example:${port}`, `sip:carol@carol.example:${port}`];
  const caller = await stage.peer();
  caller.request('INVITE');
  server(the, 0).reply(await invited(server(the, 0)), 503);
  const silent = await invited(server(the, 1));
  const third = await invited(server(the, 2));
  t.equal(third.requestUri, silent.requestUri, 'one target, whatever the server');
  server(the, 2).reply(third, 486);
  const carol = await invited(server(the, 3));
  // Too late: its server was left, and is told so when it answers.
  server(the, 1).reply(silent, 180);
  await server(the, 1).hearRequest('CANCEL');
  server(the, 3).reply(carol, 200, { body: sdp });
  const ok = await caller.hearStatus(200, 'INVITE');
  t.match(ok.get('contact'), /127\.0\.0\.5/);
  t.equal(
    caller.pending((one) => one.statusCode === 180),
    0,
  );
  caller.request('INVITE', { callId: 'second' });
  server(the, 2).reply(await invited(server(the, 2)), 603);
  t.equal((await caller.hearStatus(603)).callId, 'second', 'the next call goes to the one that answers');
});

t.test('a name that DNS does not tell in time: the next destination gets the call', async (t) => {
  let targets: string[] = [];
  const the = await scene(
    t,
    proxying(() => targets),
    { servers: 1, dns: { timeoutMs: 200 } },
  );
  the.dns.behaviour = 'silent';
  targets = ['sip:bob@slow.example', server(the, 0).uri];
  const caller = await the.stage.peer();
  for (const callId of ['first', 'second']) {
    caller.request('INVITE', { callId });
    const invite = await invited(server(the, 0));
    t.equal(invite.callId, callId);
    server(the, 0).reply(invite, 486);
    await caller.hearStatus(486);
  }
  t.equal(new Set(the.dns.asked).size, 4, 'NAPTR, SRV twice and A');
  t.equal(the.stage.engine.resolver.counters.queries, 4, 'the second call does not wait for it');
});

t.test('what passes through by Route keeps to one server for a call', async (t) => {
  let targets: string[] = [];
  const the = await scene(
    t,
    proxying(() => targets),
    { servers: 3 },
  );
  const { stage, dns, port } = the;
  for (const letter of ['a', 'b', 'c']) {
    dns.srv('_sip._udp.pool.example', `${letter}.pool.example:${port}`, 1, 10);
    dns.a(`${letter}.pool.example`, `127.0.0.${letter.charCodeAt(0) - 95}`);
  }
  targets = [server(the, 0).uri];
  const caller = await stage.peer();
  for (let i = 0; i < 6; i++) {
    const callId = `call-${i}`;
    caller.request('INVITE', { callId });
    server(the, 0).reply(await invited(server(the, 0)), 200, { body: sdp });
    const route = (await caller.hearStatus(200, 'INVITE')).get('record-route') ?? '';
    const seen: number[] = [];
    for (const cseq of [2, 3, 4]) {
      const uri = 'sip:bob@pool.example';
      caller.request('INFO', { callId, cseq, toTag: `tag-${port}`, uri, headers: [`Route: ${route}`] });
      const arrived = the.servers.map(async (peer, n) => {
        peer.reply(
          await peer.hear(
            (one) => one.method === 'INFO' && one.get('cseq') === `${cseq} INFO` && one.callId === callId,
          ),
          200,
        );
        return n;
      });
      seen.push(await Promise.race(arrived));
      await caller.hear((one) => one.get('cseq') === `${cseq} INFO` && one.callId === callId);
    }
    t.equal(new Set(seen).size, 1, callId);
  }
});

t.test('RFC 3263 5: the connection of a request is gone, its sent-by takes the response', async (t) => {
  let take = (_answer: () => void): void => undefined;
  const taken = new Promise<() => void>((resolve) => (take = resolve));
  const the = await scene(t, (srf) => srf.options((_req, res) => take(() => res.send(200))), { servers: 0 });
  const { stage, dns } = the;
  const port = await freePort();
  dns.a('client.example', '127.0.0.3');
  const heard = new Promise<string>((resolve) => {
    const listener = createServer((socket) => socket.once('data', (data) => resolve(String(data))));
    listener.listen(port, '127.0.0.3');
    t.teardown(() => void listener.close());
  });
  const client = connect(stage.sipPort, '127.0.0.1');
  await once(client, 'connect');
  client.write(
    [
      `OPTIONS sip:proffer@127.0.0.1:${stage.sipPort} SIP/2.0`,
      `Via: SIP/2.0/TCP client.example:${port};branch=z9hG4bKgone`,
      'From: <sip:alice@client.example>;tag=1',
      'To: <sip:proffer@127.0.0.1>',
      'Call-ID: gone',
      'CSeq: 1 OPTIONS',
      'Max-Forwards: 70',
      'Content-Length: 0',
      '\r\n',
    ].join('\r\n'),
  );
  const answer = await taken;
  client.destroy();
  await once(client, 'close');
  // The engine has heard of it once it has answered what was sent after.
  const peer = await stage.peer();
  peer.request('INFO', { callId: 'later', toTag: 'none' });
  await peer.hear((one) => one.callId === 'later');
  answer();
  t.match(await heard, /^SIP\/2\.0 200 OK[^]*z9hG4bKgone/);
});

t.test('a silent server that was given up counts as failed when timer B is over', async (t) => {
  const the = await scene(t, quiet);
  the.dns.a('bob.example', '127.0.0.2', '127.0.0.3');
  let sent: SrfRequest | undefined;
  const uri = `sip:bob@bob.example:${the.port}`;
  const cbRequest = (_error: unknown, request: SrfRequest): void => void (sent = request);
  const work = the.stage.srf.createUAC(uri, { localSdp: sdp }, { cbRequest });
  const status = statusOf(work);
  await invited(server(the, 0));
  sent?.cancel();
  t.not(await status, 200);
  t.equal(the.stage.engine.resolver.failed.failures, 1);
  t.equal(
    server(the, 1).pending((one) => one.method === 'INVITE'),
    0,
    'nobody wants an answer any more',
  );
});
