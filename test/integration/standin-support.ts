// What tests of the stand-in centre stand on: the centre, a phone with sound, a router with drachtio-srf and drachtio-fsmrf.
import { createRequire } from 'node:module';
import type { Test } from 'tap';
import { createInProcessLink } from '../../src/control/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { SipEngine } from '../../src/sip/index.js';
import { StandInCentre } from '../../src/switch-standin/index.js';
import type { StandInCentreOptions } from '../../src/switch-standin/index.js';
import type { Channel } from '../../src/switch-standin/channel/channel.js';
import type { SrfApplication, SrfDialog, SrfRequest, SrfResponse } from './control-support.js';
import { Srf } from './control-support.js';
import { freePort } from '../support/free-port.js';
import { waitUntil } from '../support/child-process.js';

const password = 'ClueCon';
const parts = { clock: systemClock, log: silentLogger };
const nothingOpen = { channels: 0, rtpPorts: 0, sockets: 0, members: 0 };

/** A centre on free ports, with an event socket. */
export async function openCentre(
  t: Test,
  options: Partial<StandInCentreOptions> = {},
): Promise<StandInCentre> {
  const centre = new StandInCentre({
    ...parts,
    name: 'centre east',
    listen: 'sip:127.0.0.1:0;transport=udp,tcp',
    eventSocket: { host: '127.0.0.1', port: 0, password },
    queues: [{ name: 'cards-sales' }, { name: 'service' }],
    programs: [{ program: 'offer-ivr', ports: 2, holdingTimeSeconds: 60 }],
    ringMs: 20,
    ...options,
  });
  await centre.start();
  t.teardown(() => centre.stop());
  return centre;
}

/** Phones: every number rings until it is told otherwise, and it can call with sound and keys. */
export async function openPhones(t: Test, numbers: readonly string[] = []): Promise<StandInCentre> {
  return openCentre(t, {
    name: 'phones',
    queues: [],
    programs: numbers.map((program) => ({ program, ports: 1000, holdingTimeSeconds: 600 })),
  });
}

/** Places a call from the phones. */
export async function callFrom(
  phones: StandInCentre,
  to: string,
  headers: readonly (readonly [string, string])[] = [],
): Promise<Channel> {
  return new Promise((resolve, reject) => {
    phones.switch.switchboard.call(
      `sofia/internal/sip:${to}`,
      { callerNumber: '+15550001234', callerName: 'Pat Doe', headers },
      { onAnswer: resolve, onFailed: (cause) => reject(new Error(cause)) },
    );
  });
}

export async function waitUntilClosed(centre: StandInCentre, sockets = 0): Promise<void> {
  const wanted = JSON.stringify({ ...nothingOpen, sockets });
  await waitUntil(`nothing is open at ${centre.name}`, () => {
    const { channels, rtpPorts, sockets: open } = centre.counts;
    return JSON.stringify({ ...nothingOpen, channels, rtpPorts, sockets: open }) === wanted;
  });
}

export interface FsmrfEvent {
  getHeader(name: string): string | undefined;
  getBody(): string;
}

/** The part of drachtio-fsmrf's Endpoint that the tests use. */
export interface FsmrfEndpoint {
  readonly uuid: string;
  readonly connected: boolean;
  readonly dtmfType: string;
  readonly local: { readonly sdp: string; readonly mediaIp: string; readonly mediaPort: string };
  readonly remote: { readonly sdp: string; readonly mediaPort: string };
  readonly sip: { readonly callId: string };
  play(file: string | readonly string[]): Promise<Record<string, string>>;
  playCollect(options: Record<string, unknown>): Promise<Record<string, string | undefined>>;
  set(name: string | Record<string, string>, value?: string): Promise<unknown>;
  execute(application: string, data?: string): Promise<FsmrfEvent>;
  api(command: string, args?: string | readonly string[]): Promise<FsmrfEvent>;
  getChannelVariables(includeMedia?: boolean): Promise<Record<string, string>>;
  bridge(other: FsmrfEndpoint | string): Promise<unknown>;
  destroy(): Promise<unknown>;
  on(event: string, listener: (value: Record<string, string>) => void): unknown;
}

export interface FsmrfServer {
  readonly sip: { readonly ipv4: { readonly udp: { readonly address: string } } };
  readonly maxSessions: number;
  api(command: string): Promise<string>;
  createEndpoint(options?: Record<string, unknown>): Promise<FsmrfEndpoint>;
  connectCaller(
    req: SrfRequest,
    res: SrfResponse,
    options?: Record<string, unknown>,
  ): Promise<{ readonly endpoint: FsmrfEndpoint; readonly dialog: SrfDialog }>;
  disconnect(): void;
}

type MrfClass = new (srf: unknown) => {
  connect(options: Record<string, unknown>): Promise<FsmrfServer>;
};
const Mrf = createRequire(import.meta.url)('drachtio-fsmrf') as MrfClass;

export interface TestRouter {
  /** Where callers call. */
  readonly address: string;
  readonly server: FsmrfServer;
}

export interface Connected {
  readonly endpoint: FsmrfEndpoint;
  readonly dialog: SrfDialog;
}

/** A router that gives every call to an IVR port of the centre, and then to `onCall`. */
export async function openRouter(
  t: Test,
  centre: StandInCentre,
  onCall: (connected: Connected) => void,
): Promise<TestRouter> {
  const engine = new SipEngine({ listen: ['sip:127.0.0.1:0;transport=udp'], ...parts });
  await engine.start();
  const link = createInProcessLink(engine, { ...parts, secret: 'cymru', methods: ['invite'] });
  const srf: SrfApplication = new Srf();
  const connected = new Promise<void>((resolve) => srf.once('connect', () => resolve()));
  srf.listen({ server: link.server, secret: 'cymru' });
  link.connect();
  await connected;
  const server = await new Mrf(srf).connect({
    address: '127.0.0.1',
    port: centre.eventSocketPort,
    secret: password,
    listenAddress: '127.0.0.1',
    listenPort: await freePort(),
  });
  srf.invite((req, res) => {
    server.connectCaller(req, res).then(onCall, () => res.send(503));
  });
  t.teardown(async () => {
    server.disconnect();
    link.close();
    await engine.stop();
  });
  return { address: engine.localAddresses[0]?.hostPort ?? '', server };
}
