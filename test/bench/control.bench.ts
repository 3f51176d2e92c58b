// CPU of a redirect (INVITE, 100, 302, ACK) through the engine and an unmodified drachtio-srf in one process, over UDP on
// loopback: `node dist/test/bench/control.bench.js [calls] [calls a second]`. The load comes from a child process. Figures
// are of this machine; the rows differ in where the answer is made, so they say what each part costs.
import { fork } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { ControlServer } from '../../src/control/index.js';
import { createResponse, MessageTrace, SipEngine } from '../../src/sip/index.js';
import type { EngineUser } from '../../src/sip/index.js';

type Handler = (
  request: { get(name: string): string },
  response: { send(status: number, options: object): void },
) => void;
interface SrfApplication {
  on(event: string, listener: () => void): void;
  invite(handler: Handler): void;
  connect(options: object): void;
  listen(options: object): void;
  disconnect(): void;
}
const Srf = createRequire(import.meta.url)('drachtio-srf') as new () => SrfApplication;

const contact = '<sip:sales@127.0.0.1:5080>;q=1, <sip:service@127.0.0.1:5081>;q=0.5';
const sdp =
  'v=0\r\no=- 20518 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n' +
  'm=audio 49170 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n';

/** Places `calls` calls at `rate` a second and acknowledges what comes; runs in the child. */
async function load(sipPort: number, calls: number, rate: number): Promise<number> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
  const { port } = socket.address();
  const request = (method: string, id: number, toTag: string, body: string): string =>
    `${method} sip:+18005550100@127.0.0.1:${sipPort} SIP/2.0\r\n` +
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK-${port}-${id};rport\r\n` +
    `From: "Alice" <sip:+15550100001@127.0.0.1:${port}>;tag=from${id}\r\n` +
    `To: <sip:+18005550100@127.0.0.1:${sipPort}>${toTag}\r\nCall-ID: ${id}-${port}@127.0.0.1\r\n` +
    `CSeq: 1 ${method}\r\nContact: <sip:+15550100001@127.0.0.1:${port}>\r\nMax-Forwards: 70\r\n` +
    (body === '' ? '' : 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nContent-Type: application/sdp\r\n') +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
  let redirected = 0;
  socket.on('message', (data) => {
    const text = data.toString('latin1');
    if (!text.startsWith('SIP/2.0 302')) return;
    const id = Number(/Call-ID: (\d+)/.exec(text)?.[1]);
    const toTag = /^To: .*(;tag=\S+)/m.exec(text)?.[1] ?? '';
    redirected += 1;
    socket.send(request('ACK', id, toTag, ''), sipPort, '127.0.0.1');
  });
  const started = performance.now();
  for (let id = 0; id < calls;) {
    const due = Math.min(calls, Math.floor(((performance.now() - started) * rate) / 1000));
    for (; id < due; id += 1) socket.send(request('INVITE', id, '', sdp), sipPort, '127.0.0.1');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  for (let wait = 0; redirected < calls && wait < 100; wait += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  socket.close();
  return redirected;
}

interface Row {
  readonly name: string;
  readonly microseconds: number;
  readonly answered: number;
}

async function measure(
  name: string,
  prepare: (engine: SipEngine) => Promise<() => Promise<void>>,
  { tryingDelayMs = 0, tap }: { readonly tryingDelayMs?: number; readonly tap?: MessageTrace } = {},
): Promise<Row> {
  const engine = new SipEngine({
    listen: ['sip:127.0.0.1:0;transport=udp'],
    limits: { tryingDelayMs },
    ...(tap === undefined ? {} : { tap }),
  });
  await engine.start();
  const finish = await prepare(engine);
  const sipPort = engine.localAddresses[0]?.port ?? 0;
  await place(sipPort, Math.ceil(calls / 4));
  const before = process.cpuUsage();
  const answered = await place(sipPort, calls);
  const used = process.cpuUsage(before);
  await finish();
  await engine.stop();
  return { name, answered, microseconds: (used.user + used.system) / calls };
}

async function place(sipPort: number, count: number): Promise<number> {
  const child = fork(fileURLToPath(import.meta.url), ['load', String(sipPort), String(count), String(rate)], {
    execArgv: [],
  });
  return new Promise((resolve) => child.once('message', (answered) => resolve(Number(answered))));
}

/** The engine alone: an `EngineUser` that answers in the call. */
async function engineAlone(engine: SipEngine): Promise<() => Promise<void>> {
  const user: EngineUser = {
    admit: () => ({ kind: 'taken' }),
    onRequest: (exchange) => {
      const response = createResponse(exchange.request, 302, undefined, exchange.server.toTag);
      response.append('Contact', contact);
      engine.respond(exchange, response);
    },
    onCancel: () => undefined,
    onAck: () => undefined,
    onResponse: () => undefined,
    onDialogEnded: () => undefined,
    onRouted: () => undefined,
  };
  engine.use(user);
  return Promise.resolve(() => Promise.resolve());
}

function application(): { srf: SrfApplication; connected: Promise<void> } {
  const srf = new Srf();
  srf.on('error', () => undefined);
  srf.invite((request, response) => {
    request.get('From');
    response.send(302, { headers: { Contact: contact } });
  });
  return { srf, connected: new Promise((resolve) => srf.on('connect', resolve)) };
}

async function overLink(engine: SipEngine): Promise<() => Promise<void>> {
  const link = new ControlServer(engine, { secret: 's' }).link({ methods: ['invite'] });
  const { srf, connected } = application();
  srf.listen({ server: link.server, secret: 's' });
  link.connect();
  await connected;
  return () => {
    link.close();
    return Promise.resolve();
  };
}

async function overTcp(engine: SipEngine): Promise<() => Promise<void>> {
  const control = new ControlServer(engine, { secret: 's' });
  const port = await control.listen(0);
  const { srf, connected } = application();
  srf.connect({ host: '127.0.0.1', port, secret: 's' });
  await connected;
  return async () => {
    srf.disconnect();
    await control.close();
  };
}

const [first, second, third, fourth] = process.argv.slice(2);
const isLoad = first === 'load';
const calls = Number((isLoad ? third : first) ?? 6000);
const rate = Number((isLoad ? fourth : second) ?? 600);
if (isLoad) {
  process.send?.(await load(Number(second), calls, rate));
} else {
  const kept = (): MessageTrace => new MessageTrace({ keepBytes: 16 * 1024 * 1024 });
  const rows = [
    await measure('engine alone', engineAlone),
    await measure('the same, messages kept', engineAlone, { tap: kept() }),
    await measure('engine and drachtio-srf, in-process link', overLink),
    await measure('the same, messages kept', overLink, { tap: kept() }),
    await measure('the same, no 100 within 50 ms', overLink, { tryingDelayMs: 50 }),
    await measure('engine and drachtio-srf, TCP, one process', overTcp),
  ];
  const table = new Table({ head: ['302 call, UDP', 'CPU us a call', 'answered'] });
  for (const row of rows) {
    table.push([row.name, row.microseconds.toFixed(0), `${row.answered} of ${calls}`]);
  }
  process.stdout.write(
    `${table.toString()}\nrepeat: node dist/test/bench/control.bench.js ${calls} ${rate}\n`,
  );
}
