// What drachtio's documentation shows applications doing, each on our engine over the control port and, when DRACHTIO_HOST is set,
// on a real drachtio-server that listens on a loopback address.
import { createHash } from 'node:crypto';
import t from 'tap';
import type { Test } from 'tap';
import { ControlServer } from '../../src/control/index.js';
import { SipEngine } from '../../src/sip/index.js';
import { drachtioServer, drachtioServerMissing, keepDrachtioServer } from '../support/drachtio-server.js';
import { secret, SipPeer, Srf } from './control-support.js';
import type {
  Handler,
  SrfApplication,
  SrfDialog,
  SrfMessage,
  SrfRequest,
  SrfResponse,
} from './control-support.js';

/** What is used here of drachtio-srf beyond the other tests. */
export interface PatternDialog extends SrfDialog {
  sip: { callId: string; localTag: string; remoteTag: string };
  onHold: boolean;
  other: PatternDialog;
  modify(
    sdp: string | object,
    options?: object,
  ): Promise<string> & Promise<{ sdp: string; ack(sdp: string): void }>;
}
export interface LateOffer {
  sdp: string;
  ack(sdp: string): Promise<PatternDialog>;
}
type AsyncHandler = (request: SrfRequest, response: SrfResponse, next: () => void) => void | Promise<void>;
export interface PatternApplication extends SrfApplication {
  invite(handler: AsyncHandler): void;
  subscribe(handler: AsyncHandler): void;
  register(handler: Handler): void;
  publish(handler: Handler): void;
  refer(handler: Handler): void;
  notify(handler: Handler): void;
  info(handler: Handler): void;
  use(method: string | Handler, handler?: Handler): void;
  createUAS(req: SrfRequest, res: SrfResponse, options: object): Promise<PatternDialog>;
  createUAC(uri: string, options: object, callbacks?: object): Promise<PatternDialog & LateOffer>;
  createB2BUA(
    req: SrfRequest,
    res: SrfResponse,
    uri: string,
    options: object,
    callbacks?: object,
  ): Promise<{ uas: PatternDialog; uac: PatternDialog }>;
  findDialogById(id: string): PatternDialog | undefined;
  findDialogByCallIDAndFromTag(callId: string, tag: string): PatternDialog | undefined;
}

export interface PatternStage {
  readonly srf: PatternApplication;
  readonly alice: SipPeer;
  readonly bob: SipPeer;
  readonly carol: SipPeer;
  readonly sipPort: number;
  /** What the application noted. */
  readonly noted: Notes;
  /** Of our engine: false where a real drachtio-server is at the other end. */
  readonly isOurs: boolean;
}

/** What an application tells, in order. */
export class Notes {
  readonly #values: string[] = [];
  readonly #waiting: ((value: string) => void)[] = [];

  add(value: string): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#values.push(value);
    else next(value);
  }

  async next(): Promise<string> {
    const value = this.#values.shift();
    return value ?? new Promise((resolve) => this.#waiting.push(resolve));
  }
}

interface Backend {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  readonly isOurs: boolean;
  close(): Promise<void>;
}

async function ourEngine(): Promise<Backend> {
  const engine = new SipEngine({ listen: ['sip:127.0.0.1:0;transport=udp,tcp'] });
  const control = new ControlServer(engine, { secret });
  await engine.start();
  const port = await control.listen(0);
  const close = async (): Promise<void> => {
    await control.close();
    await engine.stop();
  };
  return { host: '127.0.0.1', port, secret, isOurs: true, close };
}

async function realServer(): Promise<Backend> {
  const close = await keepDrachtioServer();
  return { ...drachtioServer, isOurs: false, close };
}

/** The server takes the frames of a connection in turn: once it has sent this, it knows the methods that the application takes. */
async function methodsTaken(srf: PatternApplication, peer: SipPeer): Promise<void> {
  void srf.request(peer.uri, { method: 'OPTIONS' });
  peer.reply(await peer.hearRequest('OPTIONS'), 200);
}

async function play(
  t: Test,
  backend: Backend,
  prepare: (srf: PatternApplication, noted: Notes, stage: () => PatternStage) => void,
  scenario: (t: Test, stage: PatternStage) => Promise<void>,
): Promise<void> {
  const srf = new Srf() as PatternApplication;
  srf.on('error', () => undefined);
  const noted = new Notes();
  const opened: PatternStage[] = [];
  prepare(srf, noted, () => {
    const [stage] = opened;
    if (stage === undefined) throw new Error('the stage is not open yet');
    return stage;
  });
  const connected = new Promise<string>((resolve) => {
    srf.once('connect', (_error: unknown, hostport: string) => resolve(hostport));
  });
  srf.connect({ host: backend.host, port: backend.port, secret: backend.secret });
  const sipPort = Number(/udp\/[^,]*:(\d+)/.exec(await connected)?.[1]);
  const peers = [
    await SipPeer.open(sipPort),
    await SipPeer.open(sipPort),
    await SipPeer.open(sipPort),
  ] as const;
  const { isOurs } = backend;
  const stage = { srf, alice: peers[0], bob: peers[1], carol: peers[2], sipPort, noted, isOurs };
  opened.push(stage);
  t.teardown(async () => {
    srf.disconnect();
    await backend.close();
    for (const peer of peers) await peer.close();
  });
  await methodsTaken(srf, stage.alice);
  await scenario(t, stage);
}

export function pattern(
  name: string,
  prepare: (srf: PatternApplication, noted: Notes, stage: () => PatternStage) => void,
  scenario: (t: Test, stage: PatternStage) => Promise<void>,
): void {
  void t.test(`${name} (our engine)`, async (t) => play(t, await ourEngine(), prepare, scenario));
  const skip = drachtioServerMissing() ?? false;
  void t.test(`${name} (drachtio-server)`, { skip }, async (t) =>
    play(t, await realServer(), prepare, scenario),
  );
}

/** The status, else the message, of what went wrong. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return 'no failure';
  } catch (error) {
    const { status, message } = error as Partial<SrfMessage> & { message?: string };
    return status ?? message;
  }
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** RFC 2617 3.2.2, as an application checks it by hand. */
export function isAuthorized(authorization: string, method: string, password: string): boolean {
  const value = (name: string): string =>
    new RegExp(`[ ,]${name}="?([^",]+)"?`).exec(authorization)?.[1] ?? '';
  const a1 = md5(`${value('username')}:${value('realm')}:${password}`);
  const a2 = md5(`${method}:${value('uri')}`);
  const qop = value('qop');
  const middle = qop === '' ? value('nonce') : `${value('nonce')}:${value('nc')}:${value('cnonce')}:${qop}`;
  return value('response') === md5(`${a1}:${middle}:${a2}`);
}
