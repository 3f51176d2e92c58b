// The latest messages on the wire, in memory, to draw a ladder of a call when somebody asks. What it costs a message: finding
// the Call-ID in the text, and one object. The text is that which the parser read or the socket sends, not a copy.
import { systemClock } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { Flow, LocalAddress, Protocol, Target, WireTap } from '../transport/transport.js';

export interface MessageTraceOptions {
  /** Bytes of messages that are kept; the oldest give way. 0: none are. */
  readonly keepBytes: number;
  /** Of one Call-ID, so that no call alone makes all others forgotten. Default 256 KiB, at most an eighth of `keepBytes`. */
  readonly keepBytesPerCall?: number;
  readonly clock?: Clock;
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

interface Kept {
  readonly number: number;
  readonly at: number;
  /** '' once it was dropped. */
  text: string;
  call: KeptCall | undefined;
  /** Of a message that came. */
  readonly flow: Flow | undefined;
  /** Of a message that went. */
  readonly target: Target | undefined;
  readonly local: LocalAddress | undefined;
}

interface KeptCall {
  readonly callId: string;
  readonly messages: Kept[];
  bytes: number;
  dropped: number;
}

/** What an entry takes beside its text, about. */
const entryBytes = 200;
/** The first messages of a call tell most about it: what is too much is dropped after them. */
const firstMessages = 8;
/** A Call-ID beyond this is that of no call. */
const searchedBytes = 16_384;

export class MessageTrace implements WireTap {
  readonly #keepBytes: number;
  readonly #keepBytesPerCall: number;
  readonly #clock: Clock;
  readonly #calls = new Map<string, KeptCall>();
  /** Oldest first, from `#oldest` on. */
  #messages: Kept[] = [];
  #oldest = 0;
  #bytes = 0;
  #count = 0;
  #number = 0;

  constructor({ keepBytes, keepBytesPerCall = 262_144, clock = systemClock }: MessageTraceOptions) {
    this.#keepBytes = keepBytes;
    this.#keepBytesPerCall = Math.min(keepBytesPerCall, keepBytes / 8);
    this.#clock = clock;
  }

  received(text: string, flow: Flow): void {
    this.#keep(text, flow, undefined, undefined);
  }

  sent(text: string, target: Target, local: LocalAddress): void {
    this.#keep(text, undefined, target, local);
  }

  /** Number of the last message. */
  get lastNumber(): number {
    return this.#number;
  }

  get figures(): TraceFigures {
    const oldest = this.#messages[this.#oldest];
    return {
      messages: this.#count,
      calls: this.#calls.size,
      bytes: this.#bytes,
      keepBytes: this.#keepBytes,
      oldestAgeMs: oldest === undefined ? undefined : this.#clock.now() - oldest.at,
    };
  }

  /** Messages of these calls, oldest first. @param after only those with a greater number */
  messagesOf(callIds: Iterable<string>, after = 0): readonly TracedMessage[] {
    const kept = [...new Set(callIds)].flatMap((callId) => this.#calls.get(callId)?.messages ?? []);
    return kept
      .filter(({ number }) => number > after)
      .toSorted((a, b) => a.number - b.number)
      .map((one) => this.#told(one));
  }

  /** One of each Call-ID, those first whose first message is oldest. */
  *calls(): IterableIterator<TracedCall> {
    for (const { callId, messages, dropped } of this.#calls.values()) {
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
    for (const { callId, messages } of this.#calls.values()) {
      const first = messages[0];
      if (callId !== '' && first?.flow === undefined && first?.text.includes(line) === true)
        found.push(callId);
    }
    return found;
  }

  #keep(
    text: string,
    flow: Flow | undefined,
    target: Target | undefined,
    local: LocalAddress | undefined,
  ): void {
    const bytes = text.length + entryBytes;
    if (bytes > this.#keepBytesPerCall) return;
    const call = this.#callOf(callIdOf(text));
    const one: Kept = {
      number: ++this.#number,
      at: this.#clock.now(),
      text,
      call,
      flow,
      target,
      local,
    };
    this.#messages.push(one);
    call.messages.push(one);
    call.bytes += bytes;
    this.#bytes += bytes;
    this.#count += 1;
    while (call.bytes > this.#keepBytesPerCall) this.#dropOf(call);
    while (this.#bytes > this.#keepBytes) this.#dropOldest();
  }

  #callOf(callId: string): KeptCall {
    const known = this.#calls.get(callId);
    if (known !== undefined) return known;
    // A copy: a slice would hold the text that it was cut from for as long as the call is kept.
    const copy = Buffer.from(callId, 'latin1').toString('latin1');
    const call: KeptCall = { callId: copy, messages: [], bytes: 0, dropped: 0 };
    this.#calls.set(copy, call);
    return call;
  }

  /** Drops one from the middle of a call that has too many. */
  #dropOf(call: KeptCall): void {
    const at = call.messages.length > firstMessages + 1 ? firstMessages : 0;
    const [one] = call.messages.splice(at, 1);
    if (one === undefined) return;
    call.dropped += 1;
    this.#release(one, call);
  }

  #dropOldest(): void {
    const one = this.#messages[this.#oldest++];
    // Moves what is left to the front once half of the array is empty.
    if (this.#oldest > 1024 && this.#oldest * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#oldest);
      this.#oldest = 0;
    }
    const call = one?.call;
    if (one === undefined || call === undefined) return;
    call.messages.shift();
    this.#release(one, call);
    if (call.messages.length === 0) this.#calls.delete(call.callId);
  }

  #release(one: Kept, call: KeptCall): void {
    const bytes = one.text.length + entryBytes;
    call.bytes -= bytes;
    this.#bytes -= bytes;
    this.#count -= 1;
    one.text = '';
    one.call = undefined;
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
