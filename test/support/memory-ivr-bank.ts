// An IVR bank without a centre: a test plays the caller's keys and the centre by hand, or by a script.
import type {
  BridgeRequest,
  CollectRequest,
  CollectResult,
  IvrBank,
  IvrPort,
  OpenPort,
  PlayRequest,
  PortFailure,
  PortGone,
} from '../../src/callcenter/index.js';

/** What a port was asked and has not answered yet. */
export type Asked =
  | { readonly kind: 'play'; readonly request: PlayRequest }
  | { readonly kind: 'collect'; readonly request: CollectRequest };

interface Pending {
  readonly asked: Asked;
  readonly settle: (result: CollectResult | { readonly kind: 'played' }) => void;
}

export class MemoryPort implements IvrPort {
  readonly sdp = 'v=0\r\no=fs 1 1 IN IP4 127.0.0.1\r\ns=-\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n';
  readonly uuid: string;
  readonly centre: string;
  readonly request: OpenPort;
  readonly history: Asked[] = [];
  readonly acknowledged: string[] = [];
  readonly bridges: BridgeRequest[] = [];
  closes = 0;
  isGone = false;
  readonly #bank: MemoryIvrBank;
  #pending: Pending | undefined;
  #onEnded: ((reason: string) => void) | undefined;

  constructor(bank: MemoryIvrBank, request: OpenPort, uuid: string) {
    this.#bank = bank;
    this.request = request;
    this.centre = request.centre;
    this.uuid = uuid;
  }

  acknowledge(sdpAnswer: string): void {
    this.acknowledged.push(sdpAnswer);
  }

  play(request: PlayRequest): Promise<{ readonly kind: 'played' } | PortGone> {
    return this.#ask({ kind: 'play', request }) as Promise<{ readonly kind: 'played' } | PortGone>;
  }

  collect(request: CollectRequest): Promise<CollectResult> {
    return this.#ask({ kind: 'collect', request }) as Promise<CollectResult>;
  }

  bridge(request: BridgeRequest): ReturnType<IvrPort['bridge']> {
    this.bridges.push(request);
    return Promise.resolve({ kind: 'bridged' });
  }

  onEnded(listener: (reason: string) => void): void {
    this.#onEnded = listener;
  }

  close(): void {
    if (this.closes++ === 0) this.#over('closed');
  }

  /** What it is asked now. */
  get asked(): Asked | undefined {
    return this.#pending?.asked;
  }

  /** Prompts of what it is asked now. */
  get prompts(): readonly string[] {
    return this.asked?.request.prompts ?? [];
  }

  answer(result: CollectResult | { readonly kind: 'played' }): void {
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.settle(result);
  }

  played(): void {
    this.answer({ kind: 'played' });
  }

  press(digits: string, terminator?: string): void {
    this.answer({ kind: 'digits', digits, terminator });
  }

  silence(): void {
    this.answer({ kind: 'timeout' });
  }

  /** The centre dies. */
  die(): void {
    if (this.isGone || this.closes > 0) return;
    this.#over('centre died');
    this.#onEnded?.('centre died');
  }

  #over(reason: string): void {
    if (this.isGone) return;
    this.isGone = true;
    this.#bank.openPorts -= 1;
    this.answer({ kind: 'gone', reason });
  }

  #ask(asked: Asked): Promise<CollectResult | { readonly kind: 'played' }> {
    this.history.push(asked);
    if (this.isGone) return Promise.resolve({ kind: 'gone', reason: 'gone' });
    return new Promise((settle) => {
      this.#pending = { asked, settle };
    });
  }
}

export class MemoryIvrBank implements IvrBank {
  openPorts = 0;
  readonly ports: MemoryPort[] = [];
  readonly requests: OpenPort[] = [];
  /** Failures of the next requests; undefined opens. */
  readonly failures: (PortFailure['reason'] | undefined)[] = [];
  /** Set to hold requests back until `open` of `held` is called. */
  isHeld = false;
  readonly held: (() => void)[] = [];

  open(request: OpenPort): Promise<IvrPort | PortFailure> {
    this.requests.push(request);
    const reason = this.failures.shift();
    if (reason !== undefined) return Promise.resolve({ kind: 'failure', reason, detail: 'told to' });
    if (!this.isHeld) return Promise.resolve(this.#port(request));
    return new Promise((resolve) => this.held.push(() => resolve(this.#port(request))));
  }

  get port(): MemoryPort {
    const port = this.ports.at(-1);
    if (port === undefined) throw new Error('no port was opened');
    return port;
  }

  #port(request: OpenPort): MemoryPort {
    this.openPorts += 1;
    const port = new MemoryPort(this, request, `port-${this.ports.length + 1}`);
    this.ports.push(port);
    return port;
  }
}
