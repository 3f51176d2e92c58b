// Messages in memory by Call-ID, in bytes bounded in all and of one call: the oldest give way.
import type { Flow, LocalAddress, Target } from '../transport/transport.js';

export interface Kept {
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

export interface KeptCall {
  readonly callId: string;
  readonly messages: Kept[];
  bytes: number;
  dropped: number;
}

/** What an entry takes beside its text, about. */
const entryBytes = 200;
/** The first messages of a call tell most about it: what is too much is dropped after them. */
const firstMessages = 8;

export class MessageRing {
  readonly calls = new Map<string, KeptCall>();
  readonly #keepBytes: number;
  readonly #keepBytesPerCall: number;
  /** Oldest first, from `#oldest` on. */
  #messages: Kept[] = [];
  #oldest = 0;
  #bytes = 0;
  #count = 0;

  constructor(keepBytes: number, keepBytesPerCall: number) {
    this.#keepBytes = keepBytes;
    this.#keepBytesPerCall = Math.min(keepBytesPerCall, keepBytes / 8);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#count;
  }

  get oldest(): Kept | undefined {
    return this.#messages[this.#oldest];
  }

  /** Does nothing with one that is larger than all that a call may have. */
  keep(one: Kept, callId: string): void {
    const bytes = one.text.length + entryBytes;
    if (bytes > this.#keepBytesPerCall) return;
    const call = this.#callOf(callId);
    one.call = call;
    this.#messages.push(one);
    call.messages.push(one);
    call.bytes += bytes;
    this.#bytes += bytes;
    this.#count += 1;
    while (call.bytes > this.#keepBytesPerCall) this.#dropOf(call);
    while (this.#bytes > this.#keepBytes) this.#dropOldest();
  }

  #callOf(callId: string): KeptCall {
    const known = this.calls.get(callId);
    if (known !== undefined) return known;
    // A copy: a slice would hold the text that it was cut from for as long as the call is kept.
    const copy = Buffer.from(callId, 'latin1').toString('latin1');
    const call: KeptCall = { callId: copy, messages: [], bytes: 0, dropped: 0 };
    this.calls.set(copy, call);
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
    if (call.messages.length === 0) this.calls.delete(call.callId);
  }

  #release(one: Kept, call: KeptCall): void {
    const bytes = one.text.length + entryBytes;
    call.bytes -= bytes;
    this.#bytes -= bytes;
    this.#count -= 1;
    one.text = '';
    one.call = undefined;
  }
}
