// Which SIP Call-ID belongs to which decision, of the calls that are there and the latest that ended.
import type { CallRouter } from '../calls/index.js';

/** Calls that ended and are remembered; the oldest gives way. */
const capacity = 10_000;

/** Every call is noted and few are asked for, so it is the question that pays: it reads them all. */
export class CallIds {
  readonly #router: Pick<CallRouter, 'live'>;
  /** Of calls that ended, in a ring; those of one call are at the same place. */
  readonly #callIds: string[] = [];
  readonly #decisionIds: string[] = [];
  /** Place of the next call that ends. */
  #next = 0;

  constructor(router: Pick<CallRouter, 'live' | 'events'>) {
    this.#router = router;
    router.events.on('call', ({ callId, decisionId }) => this.#ended(callId, decisionId));
  }

  /** The Call-ID of the caller's leg. */
  callIdOf(decisionId: string): string | undefined {
    const place = this.#decisionIds.indexOf(decisionId);
    return this.#callIds[place] ?? this.#router.live.get(decisionId)?.callId;
  }

  /** The decisions of those of the Call-IDs that are known; where one was used again, the latest. */
  decisionIdsOf(callIds: readonly string[]): ReadonlyMap<string, string> {
    const wanted = new Set(callIds);
    const found = new Map<string, string>();
    for (const { callId, decisionId } of this.#router.live.list())
      if (wanted.has(callId)) found.set(callId, decisionId);
    const count = this.#callIds.length;
    for (let age = count; age > 0; age--) {
      const place = (this.#next + count - age) % count;
      const callId = this.#callIds[place] ?? '';
      if (wanted.has(callId)) found.set(callId, this.#decisionIds[place] ?? '');
    }
    return found;
  }

  #ended(callId: string, decisionId: string): void {
    // A piece of a text keeps the whole of it, and this one is of the INVITE.
    this.#callIds[this.#next] = Buffer.from(callId).toString();
    this.#decisionIds[this.#next] = decisionId;
    this.#next = (this.#next + 1) % capacity;
  }
}
