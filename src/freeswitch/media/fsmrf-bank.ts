// The IVR bank over drachtio-fsmrf: ports at the FreeSWITCH of each centre that has an event socket.
import type { Centre, ProcessSettings } from '../../config/index.js';
import type { Clock, Logger, Part } from '../../kernel/index.js';
import type { IvrBank, IvrPort, OpenPort, PortFailure } from '../../callcenter/index.js';
import { MediaLegs } from './media-legs.js';
import { MediaLink } from './media-link.js';
import { MediaPort } from './media-port.js';
import { openLeg } from './open-port.js';
import type { OpenedLeg } from './open-port.js';

export interface FsmrfBankOptions {
  /** The drachtio-srf instance of the gateway. */
  readonly srf: unknown;
  readonly centres: readonly Centre[];
  readonly ivr: ProcessSettings['ivr'];
  /** Password of every event socket (FREESWITCH_ESL_SECRET). */
  readonly secret: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** First delay before a centre that is not connected is tried again, in milliseconds; doubled up to 15 s. Default 500. */
  readonly retryDelayMs?: number;
}

/** The media connection to one centre, for metrics and `proffer check --live`. */
export interface MediaStatus {
  readonly centre: string;
  readonly isReady: boolean;
  /** Why it is not ready; '' when it is. */
  readonly fault: string;
}

interface LinkedCentre {
  readonly link: MediaLink;
  readonly profile: string;
  /** What it was made from; another: another link. */
  readonly fingerprint: string;
}

/** An IvrBank whose centres come and go with the settings. `start` returns at once and never fails. */
export class FsmrfBank implements IvrBank, Part {
  readonly name = 'ivr bank';
  readonly #options: FsmrfBankOptions;
  readonly #legs: MediaLegs;
  readonly #links = new Map<string, LinkedCentre>();
  readonly #ports = new Set<MediaPort>();
  readonly #portsBy = new Map<string, number>();
  #centres: readonly Centre[];
  #isStarted = false;
  #skippedPrompts = 0;

  constructor(options: FsmrfBankOptions) {
    this.#options = options;
    this.#centres = options.centres;
    this.#legs = new MediaLegs(options.srf);
  }

  /** Open and half-open ones. */
  get openPorts(): number {
    let sum = 0;
    for (const count of this.#portsBy.values()) sum += count;
    return sum;
  }

  /** Open and half-open ports by `centre/program`. */
  get portsByProgram(): ReadonlyMap<string, number> {
    return this.#portsBy;
  }

  /** Prompts that a centre could not play, since the start. */
  get skippedPrompts(): number {
    return this.#skippedPrompts;
  }

  get status(): readonly MediaStatus[] {
    return [...this.#links].map(([centre, { link }]) => ({
      centre,
      isReady: link.isReady,
      fault: link.fault,
    }));
  }

  /** Outbound sockets that are open, for leak checks. */
  async connections(): Promise<number> {
    const counts = await Promise.all([...this.#links.values()].map(({ link }) => link.connections()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  start(): void {
    this.#isStarted = true;
    this.watch(this.#centres);
  }

  stop(): void {
    this.#isStarted = false;
    for (const port of [...this.#ports]) port.lose('stopped');
    for (const { link } of this.#links.values()) link.close();
    this.#links.clear();
  }

  /** Centres as they are from now on. Calls on the ports of one that changed or went away stay. */
  watch(centres: readonly Centre[]): void {
    this.#centres = centres;
    if (!this.#isStarted) return;
    const wanted = new Map(centres.flatMap((centre, index) => this.#planned(centre, index)));
    for (const [centre, { link, fingerprint }] of this.#links) {
      if (wanted.get(centre)?.fingerprint === fingerprint) continue;
      link.close();
      this.#links.delete(centre);
    }
    for (const [centre, { fingerprint, profile, make }] of wanted) {
      if (this.#links.has(centre)) continue;
      const link = make();
      this.#links.set(centre, { link, profile, fingerprint });
      link.start();
    }
  }

  async open(request: OpenPort): Promise<IvrPort | PortFailure> {
    const linked = this.#links.get(request.centre);
    if (linked === undefined) {
      return { kind: 'failure', reason: 'rejected', detail: `centre ${request.centre} has no event socket` };
    }
    const { link, profile } = linked;
    if (!link.isReady) return { kind: 'failure', reason: 'unreachable', detail: link.fault };
    const release = this.#count(`${request.centre}/${request.program}`);
    const { clock, ivr } = this.#options;
    const opened = await openLeg({ request, link, legs: this.#legs, clock, timeoutMs: ivr.openTimeoutMs });
    if (opened.kind === 'opened') return this.#port(opened, { centre: request.centre, profile, release });
    release();
    return opened;
  }

  #port(
    { endpoint, dialog }: OpenedLeg,
    {
      centre,
      profile,
      release,
    }: { readonly centre: string; readonly profile: string; readonly release: () => void },
  ): MediaPort {
    const { clock, log } = this.#options;
    const port = new MediaPort({
      endpoint,
      dialog,
      centre,
      profile,
      legs: this.#legs,
      clock,
      log: log.child({ centre, uuid: endpoint.uuid }),
      onSkippedPrompt: () => (this.#skippedPrompts += 1),
      onReleased: () => {
        this.#ports.delete(port);
        release();
      },
    });
    this.#ports.add(port);
    return port;
  }

  #planned(
    centre: Centre,
    index: number,
  ): [string, { fingerprint: string; profile: string; make: () => MediaLink }][] {
    const { eventSocket } = centre;
    if (eventSocket === undefined) return [];
    const { ivr, secret, clock, log } = this.#options;
    const host = (eventSocket.host ?? centre.host).replace(/^\[(.*)\]$/, '$1');
    const link = {
      centre: centre.centre,
      host,
      port: eventSocket.port,
      profile: eventSocket.mediaProfile,
      staleAfterMs: eventSocket.staleAfterMs,
      retryDelayMs: this.#options.retryDelayMs ?? 500,
      listen: {
        host: ivr.listenHost,
        port: ivr.listenPort === 0 ? 0 : ivr.listenPort + index,
        advertisedHost: ivr.advertisedHost ?? ivr.listenHost,
      },
    };
    const onSilent = (): void => {
      for (const port of [...this.#ports]) if (port.centre === centre.centre) port.lose('centre-silent');
    };
    const make = (): MediaLink => new MediaLink({ ...link, secret, legs: this.#legs, clock, log, onSilent });
    return [[centre.centre, { fingerprint: JSON.stringify(link), profile: link.profile, make }]];
  }

  /** @returns to be called once, when the port is free again */
  #count(program: string): () => void {
    this.#portsBy.set(program, (this.#portsBy.get(program) ?? 0) + 1);
    return () => {
      const left = (this.#portsBy.get(program) ?? 1) - 1;
      if (left === 0) this.#portsBy.delete(program);
      else this.#portsBy.set(program, left);
    };
  }
}
