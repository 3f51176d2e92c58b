// Channels without SIP and media, and phones of agents that do what a test says.
import type { AgentDialler, EventHeader, StandInChannel } from '../../../src/switch-standin/index.js';

let count = 0;

export class FakeChannel implements StandInChannel {
  readonly uuid: string;
  readonly variables = new Map<string, string>();
  readonly callerNumber: string;
  readonly callerName: string;
  isAnswered = true;
  hasHoldMusic = false;
  hangupCause: string | undefined;
  bridgedTo: StandInChannel | undefined;
  readonly #listeners: ((cause: string) => void)[] = [];

  constructor(callerNumber = '+15550001234', callerName = 'Pat Doe') {
    count += 1;
    this.uuid = `channel-${count}`;
    this.callerNumber = callerNumber;
    this.callerName = callerName;
  }

  eventHeaders(): readonly EventHeader[] {
    return [
      ['Channel-Name', `fake/${this.uuid}`],
      ['Unique-ID', this.uuid],
      ...[...this.variables].map(([name, value]) => [`variable_${name}`, value] as const),
    ];
  }

  onHangup(listener: (cause: string) => void): void {
    this.#listeners.push(listener);
  }

  hangup(cause: string): void {
    if (this.hangupCause !== undefined) return;
    this.hangupCause = cause;
    for (const listener of this.#listeners) listener(cause);
    this.bridgedTo?.hangup(cause);
  }

  setHoldMusic(isOn: boolean): void {
    this.hasHoldMusic = isOn;
  }

  bridgeTo(other: StandInChannel): void {
    this.bridgedTo = other;
    other.onHangup((cause) => this.hangup(cause));
  }
}

export class FakeCall {
  readonly channel = new FakeChannel();
  state: 'ringing' | 'answered' | 'failed' | 'cancelled' = 'ringing';
  readonly contact: string;
  readonly caller: StandInChannel;
  readonly headers: readonly EventHeader[];
  readonly #events: Parameters<AgentDialler['dial']>[3];

  constructor(...[contact, caller, headers, events]: Parameters<AgentDialler['dial']>) {
    this.contact = contact;
    this.caller = caller;
    this.headers = headers;
    this.#events = events;
  }

  answer(): FakeChannel {
    this.state = 'answered';
    this.#events.onAnswer(this.channel);
    return this.channel;
  }

  fail(cause: string): void {
    this.state = 'failed';
    this.#events.onFailed(cause);
  }
}

export class FakeDialler implements AgentDialler {
  readonly calls: FakeCall[] = [];
  /** What a phone does at once when it is called; by default it rings. */
  onCall: (call: FakeCall) => void = () => undefined;

  get ringing(): readonly FakeCall[] {
    return this.calls.filter((call) => call.state === 'ringing');
  }

  /** The last call. */
  get last(): FakeCall {
    const last = this.calls.at(-1);
    if (last === undefined) throw new Error('nobody was called');
    return last;
  }

  dial(...call: Parameters<AgentDialler['dial']>): { cancel(): void } {
    const made = new FakeCall(...call);
    this.calls.push(made);
    this.onCall(made);
    return {
      cancel: () => {
        made.state = 'cancelled';
      },
    };
  }
}
