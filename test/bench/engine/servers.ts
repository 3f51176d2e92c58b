// What is measured by npm run bench:engine, each in a process of its own: node servers.js SYSTEM KIND DESTINATION-PORT.
// dgram: sockets alone; engine: an EngineUser in the same process; link: drachtio-srf over the control link in one process;
// tcp: drachtio-srf over the control port; drachtio: drachtio-srf alone, on the real drachtio-server of DRACHTIO_HOST.
import { createSocket } from 'node:dgram';
import { createRequire } from 'node:module';
import { PerformanceObserver } from 'node:perf_hooks';
import { ControlServer } from '../../../src/control/index.js';
import { createResponse, SipEngine } from '../../../src/sip/index.js';
import type { ServerExchange } from '../../../src/sip/index.js';
import { drachtioServer } from '../../support/drachtio-server.js';
import type { CallKind } from './load.js';

export type NodeSystem = 'dgram' | 'engine' | 'link' | 'tcp';

/** Answer to any message to such a process. */
export interface ServerReading {
  /** Of heap, buffers outside of it included, in bytes. */
  readonly usedBytes: number;
  readonly residentBytes: number;
  /** Garbage collections since the start. */
  readonly collections: number;
  readonly openTransactions: number;
  /** Calls that are up: the load does not repeat what was lost, so a lost BYE leaves one. */
  readonly openDialogs: number;
}

interface SrfRequest {
  get(name: string): string;
}
interface SrfResponse {
  send(status: number, options?: object): void;
}
interface SrfApplication {
  on(event: string, listener: (error: unknown, hostPorts: string) => void): void;
  use(method: string, handler: (request: SrfRequest, response: SrfResponse) => void): void;
  proxyRequest(request: SrfRequest, targets: readonly string[], options: object): Promise<unknown>;
  connect(options: object): void;
  listen(options: object): void;
}
const Srf = createRequire(import.meta.url)('drachtio-srf') as new () => SrfApplication;

const contact = '<sip:sales@127.0.0.1:5080>;q=1, <sip:service@127.0.0.1:5081>;q=0.5';
const sdp =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n';
const [system = '', kindText = '', destinationPort = ''] = process.argv.slice(2);
const kind = kindText as CallKind;
/** As the router has it. */
const tryingDelayMs = 100;
const destination = `sip:sales@127.0.0.1:${destinationPort}`;

/** The floor: what comes goes back, but for an ACK; of a proxied call to the other side. */
async function dgram(): Promise<number> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 });
  let caller = 0;
  socket.on('message', (data, from) => {
    if (data[0] === 0x41) return;
    if (kind !== 'proxy') {
      socket.send(data, from.port, from.address);
      return;
    }
    const isCaller = from.port !== Number(destinationPort);
    if (isCaller) caller = from.port;
    socket.send(data, isCaller ? Number(destinationPort) : caller, '127.0.0.1');
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
  return socket.address().port;
}

function answer(engine: SipEngine, exchange: ServerExchange): void {
  const { request, server } = exchange;
  if (kind === 'proxy') {
    engine.proxy(exchange, {
      targets: [destination],
      recordRoute: false,
      followRedirects: false,
      parallel: false,
      headers: [],
      onResponse: () => undefined,
      onDone: () => undefined,
    });
    return;
  }
  const status = kind === 'redirect' ? 302 : 200;
  const response = createResponse(request, status, undefined, server.toTag);
  if (request.method === 'INVITE') {
    response.append('Contact', kind === 'redirect' ? contact : '<sip:127.0.0.1>');
    if (kind === 'uas') {
      response.append('Content-Type', 'application/sdp');
      response.body = sdp;
    }
  }
  engine.respond(exchange, response);
}

function useAlone(engine: SipEngine): void {
  engine.use({
    admit: () => ({ kind: 'taken' }),
    onRequest: (exchange) => answer(engine, exchange),
    onCancel: () => undefined,
    onAck: () => undefined,
    onResponse: () => undefined,
    onDialogEnded: () => undefined,
    onRouted: () => undefined,
  });
}

function application(): SrfApplication {
  const srf = new Srf();
  srf.on('error', () => undefined);
  srf.use('invite', (request, response) => {
    request.get('From');
    if (kind === 'redirect') response.send(302, { headers: { Contact: contact } });
    else if (kind === 'uas')
      response.send(200, { headers: { 'Content-Type': 'application/sdp' }, body: sdp });
    else void srf.proxyRequest(request, [destination], { remainInDialog: false, provisionalTimeout: '2s' });
  });
  srf.use('bye', (_request, response) => response.send(200));
  // drachtio-srf ends a link by which a request passed all handlers.
  srf.use('ack', () => undefined);
  return srf;
}

async function useSrf(engine: SipEngine): Promise<void> {
  const control = new ControlServer(engine, { secret: 's' });
  const srf = application();
  const connected = new Promise<void>((resolve) => srf.on('connect', () => resolve()));
  if (system === 'link') {
    const link = control.link({ methods: ['invite', 'bye'] });
    srf.listen({ server: link.server, secret: 's' });
    link.connect();
  } else {
    srf.connect({ host: '127.0.0.1', port: await control.listen(0), secret: 's' });
  }
  await connected;
}

/** @returns port of the server's side of SIP */
async function useDrachtioServer(): Promise<number> {
  const srf = application();
  const connected = new Promise<string>((resolve) => {
    srf.on('connect', (_error, hostPorts) => resolve(hostPorts));
  });
  srf.connect(drachtioServer);
  return Number(/udp\/[^,]*:(\d+)/.exec(await connected)?.[1]);
}

let collections = 0;
new PerformanceObserver((list) => (collections += list.getEntries().length)).observe({ entryTypes: ['gc'] });
let engine: SipEngine | undefined;
let port: number;
if (system === 'dgram') {
  port = await dgram();
} else if (system === 'drachtio') {
  port = await useDrachtioServer();
} else {
  engine = new SipEngine({
    listen: ['sip:127.0.0.1:0;transport=udp'],
    limits: { maxTransactions: 1_000_000, tryingDelayMs },
  });
  await engine.start();
  if (system === 'engine') useAlone(engine);
  else await useSrf(engine);
  port = engine.localAddresses[0]?.port ?? 0;
}
process.on('message', (wish: { readonly afterCollection?: boolean }) => {
  // Needs --expose-gc.
  if (wish.afterCollection === true) globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const reading: ServerReading = {
    usedBytes: heapUsed + external,
    residentBytes: rss,
    collections,
    openTransactions: engine?.openTransactions ?? 0,
    openDialogs: engine?.openDialogs ?? 0,
  };
  process.send?.(reading);
});
process.on('disconnect', () => process.exit());
process.send?.(port);
