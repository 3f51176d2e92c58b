// The latest messages on the wire, in memory, to draw a ladder of a call when somebody asks. What it costs a message: finding
// the Call-ID in the text, and one object. The text is that which the parser read or the socket sends, not a copy.
import { systemClock } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { Flow, LocalAddress, Protocol, Target, WireTap } from '../transport/transport.js';
import { MessageRing } from './message-ring.js';
import type { Kept, KeptCall } from './message-ring.js';

export interface MessageTraceOptions {
  /** Bytes of messages that are kept; the oldest give way. 0: none are. */
  readonly keepBytes: number;
  /** Of one Call-ID, so that no call alone makes all others forgotten. Default 256 KiB, at most an eighth of `keepBytes`. */
  readonly keepBytesPerCall?: number;
  readonly clock?: Clock;
  /**
   * Asked about the source of a message of a Call-ID that is not kept. What strangers begin has a sixteenth of `keepBytes` of its
   * own, so that a flood of it makes no call forgotten. Default: nobody is one.
   */
  readonly isStranger?: (flow: Flow) => boolean;
}

/** A message as it was on the wire. Its text is a byte string. */
export interface TracedMessage {
  /** Counts up from 1 over all messages. */
  readonly number: number;
  /** Unix time in milliseconds, with fractions. */
  readonly at: number;
  readonly isSent: boolean;
  readonly protocol: Protocol;
  /** `address:port` of ours and of the peer. */
  readonly local: string;
  readonly peer: string;
  /** '' where a malformed message has none. */
  readonly callId: string;
  readonly text: string;
}

export interface TracedCall {
  readonly callId: string;
  readonly messages: number;
  /** Unix times in milliseconds. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** The first message that is kept of it. */
  readonly first: TracedMessage;
  /** Messages from its middle that were dropped, because the call had too many. */
  readonly dropped: number;
}

export interface TraceFigures {
  readonly messages: number;
  readonly calls: number;
  /** As they are counted against `keepBytes`. */
  readonly bytes: number;
  readonly keepBytes: number;
  /** Of the oldest message; undefined when there is none. */
  readonly oldestAgeMs: number | undefined;
}

/** A Call-ID beyond this is that of no call. */
const searchedBytes = 16_384;

/** The share of strangers. */
const strangersPart = 1 / 16;

export class MessageTrace implements WireTap {
  readonly #keepBytes: number;
  readonly #clock: Clock;
  readonly #isStranger: ((flow: Flow) => boolean) | undefined;
  readonly #calls: MessageRing;
  /** Requests of strangers, and what they were answered: a flood of them makes no call forgotten. */
  readonly #strangers: MessageRing;
  #number = 0;

  constructor(options: MessageTraceOptions) {
    const { keepBytes, keepBytesPerCall = 262_144, clock = systemClock, isStranger } = options;
    this.#keepBytes = keepBytes;
    this.#clock = clock;
    this.#isStranger = isStranger;
    const strangers = isStranger === undefined ? 0 : keepBytes * strangersPart;
    this.#calls = new MessageRing(keepBytes - strangers, keepBytesPerCall);
    this.#strangers = new MessageRing(strangers, keepBytesPerCall);
  }

  received(text: string, flow: Flow): void {
    const callId = callIdOf(text);
    const isOfCall = this.#calls.calls.has(callId) || this.#isStranger?.(flow) !== true;
    const one = this.#next(text, flow, undefined, undefined);
    (isOfCall ? this.#calls : this.#strangers).keep(one, callId);
  }

  sent(text: string, target: Target, local: LocalAddress): void {
    const callId = callIdOf(text);
    // What we begin is a call of ours.
    const isOfCall = this.#calls.calls.has(callId) || !this.#strangers.calls.has(callId);
    const one = this.#next(text, undefined, target, local);
    (isOfCall ? this.#calls : this.#strangers).keep(one, callId);
  }

  /** Number of the last message. */
  get lastNumber(): number {
    return this.#number;
  }

  get figures(): TraceFigures {
    const [calls, strangers] = [this.#calls, this.#strangers];
    const oldest = [calls.oldest, strangers.oldest].flatMap((one) => (one === undefined ? [] : [one.at]));
    return {
      messages: calls.count + strangers.count,
      calls: calls.calls.size + strangers.calls.size,
      bytes: calls.bytes + strangers.bytes,
      keepBytes: this.#keepBytes,
      oldestAgeMs: oldest.length === 0 ? undefined : this.#clock.now() - Math.min(...oldest),
    };
  }

  /** Messages of these calls, oldest first. @param after only those with a greater number */
  messagesOf(callIds: Iterable<string>, after = 0): readonly TracedMessage[] {
    const kept = [...new Set(callIds)].flatMap((callId) => [
      ...(this.#calls.calls.get(callId)?.messages ?? []),
      ...(this.#strangers.calls.get(callId)?.messages ?? []),
    ]);
    return kept
      .filter(({ number }) => number > after)
      .toSorted((a, b) => a.number - b.number)
      .map((one) => this.#told(one));
  }

  /** One of each Call-ID, those first whose first message is oldest. */
  *calls(): IterableIterator<TracedCall> {
    for (const { callId, messages, dropped } of this.#byAge()) {
      const first = messages[0];
      const last = messages.at(-1);
      if (first === undefined || last === undefined) continue;
      const told = this.#told(first);
      const lastAt = told.at + last.at - first.at;
      yield { callId, messages: messages.length, firstAt: told.at, lastAt, first: told, dropped };
    }
  }

  /** Call-IDs of calls that we began with `line` in the first message, such as `\r\nX-Thing: 1\r\n`. */
  callsWith(line: string): readonly string[] {
    const found: string[] = [];
    for (const { callId, messages } of this.#calls.calls.values()) {
      const first = messages[0];
      if (callId !== '' && first?.flow === undefined && first?.text.includes(line) === true)
        found.push(callId);
    }
    return found;
  }

  /** A Call-ID of both is there twice, for what is left of it in each. */
  #byAge(): Iterable<KeptCall> {
    if (this.#strangers.count === 0) return this.#calls.calls.values();
    const firstOf = ({ messages }: KeptCall): number => messages[0]?.number ?? 0;
    const all = [...this.#calls.calls.values(), ...this.#strangers.calls.values()];
    return all.toSorted((a, b) => firstOf(a) - firstOf(b));
  }

  #next(
    text: string,
    flow: Flow | undefined,
    target: Target | undefined,
    local: LocalAddress | undefined,
  ): Kept {
    return { number: ++this.#number, at: this.#clock.now(), text, call: undefined, flow, target, local };
  }

  #told({ number, at, text, call, flow, target, local }: Kept): TracedMessage {
    return {
      number,
      at: this.#clock.wallNow() - (this.#clock.now() - at),
      isSent: flow === undefined,
      protocol: flow?.protocol ?? target?.protocol ?? 'udp',
      local:
        flow === undefined
          ? hostPort(local?.address, local?.port)
          : hostPort(flow.localAddress, flow.localPort),
      peer:
        flow === undefined
          ? hostPort(target?.address, target?.port)
          : hostPort(flow.remoteAddress, flow.remotePort),
      callId: call?.callId ?? '',
      text,
    };
  }
}

function hostPort(address = '', port = 0): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

const usualName = '\r\nCall-ID: ';
const anyName = /\r?\n(?:call-id|i)[ \t]*:[ \t]*/i;
const ends = /[\s\0]/;

/** The Call-ID of a message by its text, as far as it can be found without parsing; '' when there is none. */
export function callIdOf(text: string): string {
  const usual = text.indexOf(usualName);
  if (usual !== -1 && usual < searchedBytes) {
    const start = usual + usualName.length;
    const end = text.indexOf('\r\n', start);
    if (end > start && end - start < 300) {
      const value = text.slice(start, end);
      return ends.test(value) ? value.trim() : value;
    }
  }
  const head = text.length > searchedBytes ? text.slice(0, searchedBytes) : text;
  const found = anyName.exec(head);
  if (found === null) return '';
  const start = found.index + found[0].length;
  const rest = head.slice(start, start + 300);
  const end = rest.search(/[\r\n]/);
  return (end === -1 ? rest : rest.slice(0, end)).trim();
}
