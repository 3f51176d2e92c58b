// An IVR bank on a gateway on our engine, and a fake FreeSWITCH; in this process.
import { DrachtioGateway, routedMethods } from '../../src/calls/index.js';
import { loadSettings, readEnvironment } from '../../src/config/index.js';
import type { Centre } from '../../src/config/index.js';
import { ControlServer } from '../../src/control/index.js';
import { FsmrfBank } from '../../src/freeswitch/index.js';
import type { CollectRequest, IvrPort, OpenPort, PortFailure } from '../../src/callcenter/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { SipEngine } from '../../src/sip/index.js';
import { FakeMediaServer } from './fake-media-server.js';

export const callerSdp =
  'v=0\r\no=alice 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 101\r\n' +
  'a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n';

const loaded = loadSettings('config', readEnvironment({}));
if (!loaded.ok) throw new Error('the shipped settings are not valid');
const [shippedCentre] = loaded.settings.centres.centres;
if (shippedCentre === undefined) throw new Error('the shipped settings have no centre');
const { ivr } = loaded.settings.process;

export const openRequest: OpenPort = {
  centre: 'east',
  program: 'offers',
  decisionId: '0b3f0a52-6a06-4a53-9d1e-000000000001',
  sdpOffer: callerSdp,
  headers: { 'X-Decision-ID': '0b3f0a52-6a06-4a53-9d1e-000000000001', 'X-Offer-ID': 'ACME-GOLD' },
};

export const collectRequest: CollectRequest = {
  prompts: [],
  bargeIn: true,
  minDigits: 1,
  maxDigits: 4,
  terminators: '#',
  timeoutMs: 1000,
  interDigitTimeoutMs: 1000,
};

export function centreAt(eventSocketPort: number, staleAfterMs = 60_000): Centre {
  return {
    ...shippedCentre!,
    centre: 'east',
    host: '127.0.0.1',
    eventSocket: {
      port: eventSocketPort,
      domain: 'default',
      reconcileIntervalMs: 15_000,
      staleAfterMs,
      mediaProfile: 'drachtio_mrf',
      queueContext: 'router',
    },
  };
}

/** srf keeps its dialogs in a map of its own. */
interface SrfInside {
  readonly _dialogs: ReadonlyMap<string, unknown>;
}

export class MediaStage {
  readonly fake: FakeMediaServer;
  readonly bank: FsmrfBank;
  readonly gateway: DrachtioGateway;
  readonly engine: SipEngine;
  readonly #control: ControlServer;

  private constructor(parts: {
    readonly fake: FakeMediaServer;
    readonly bank: FsmrfBank;
    readonly gateway: DrachtioGateway;
    readonly engine: SipEngine;
    readonly control: ControlServer;
  }) {
    this.fake = parts.fake;
    this.bank = parts.bank;
    this.gateway = parts.gateway;
    this.engine = parts.engine;
    this.#control = parts.control;
  }

  static async open(
    options: {
      readonly link?: 'tcp' | 'in-process';
      readonly openTimeoutMs?: number;
      readonly staleAfterMs?: number;
      readonly secret?: string;
      /** A fake in another process, by its event socket; `fake` is then idle. */
      readonly eventSocketPort?: number;
    } = {},
  ): Promise<MediaStage> {
    const fake = await FakeMediaServer.open();
    const engine = new SipEngine({ listen: ['sip:127.0.0.1:0;transport=udp'] });
    const control = new ControlServer(engine, { secret: 'cymru' });
    await engine.start();
    const gateway = new DrachtioGateway({
      clock: systemClock,
      log: silentLogger,
      watchdogIntervalMs: 60_000,
      target:
        options.link === 'tcp'
          ? { kind: 'connect', host: '127.0.0.1', port: await control.listen(0), secret: 'cymru' }
          : { kind: 'attach', link: control.link({ methods: routedMethods }), secret: 'cymru' },
    });
    await gateway.start({
      onCall: (call) => call.respond(503),
      onRequest: (request) => request.respond(405),
    });
    const bank = new FsmrfBank({
      srf: gateway.srf,
      centres: [centreAt(options.eventSocketPort ?? fake.port, options.staleAfterMs)],
      ivr: { ...ivr, openTimeoutMs: options.openTimeoutMs ?? 2000 },
      secret: options.secret ?? 'ClueCon',
      clock: systemClock,
      log: silentLogger,
      retryDelayMs: 50,
    });
    bank.start();
    return new MediaStage({ fake, bank, gateway, engine, control });
  }

  /** Waits for the media link. */
  async ready(): Promise<void> {
    await until('the bank is connected', () => this.bank.status[0]?.isReady === true);
  }

  async port(request: Partial<OpenPort> = {}): Promise<IvrPort> {
    await this.ready();
    const port = await this.bank.open({ ...openRequest, ...request });
    if (isFailure(port)) throw new Error(`no port: ${port.detail}`);
    return port;
  }

  /** Dialogs of srf: the legs to the centre. */
  get legs(): number {
    return (this.gateway.srf as unknown as SrfInside)._dialogs.size;
  }

  /** Nothing is left of any port, here and at the centre. */
  async isClean(): Promise<void> {
    await until(
      'everything is released',
      async () =>
        this.bank.openPorts === 0 &&
        this.legs === 0 &&
        this.engine.openDialogs === 0 &&
        (await this.bank.connections()) === 0,
    );
  }

  /** The SIP engine lets go of the application (a TCP link). */
  async loseEngine(): Promise<void> {
    await this.#control.close();
  }

  async close(): Promise<void> {
    this.bank.stop();
    await this.fake.close();
    await this.gateway.stop();
    await this.#control.close();
    await this.engine.stop();
  }
}

export function isFailure(result: IvrPort | PortFailure): result is PortFailure {
  return 'kind' in result;
}

export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  ms = 10_000,
): Promise<void> {
  const end = performance.now() + ms;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`it never came to this: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
