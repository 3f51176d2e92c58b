// Which SIP Call-ID belongs to which decision, of the calls that are there and the latest that ended.
import type { CallRouter } from '../calls/index.js';

/** Calls that ended and are remembered; the oldest gives way. */
const capacity = 10_000;

export class CallIds {
  readonly #router: Pick<CallRouter, 'live'>;
  /** By decision id, of calls that ended. */
  readonly #callIds = new Map<string, string>();
  readonly #decisionIds = new Map<string, string>();

  constructor(router: Pick<CallRouter, 'live' | 'events'>) {
    this.#router = router;
    router.events.on('call', ({ callId, decisionId }) => this.#ended(callId, decisionId));
  }

  /** The Call-ID of the caller's leg. */
  callIdOf(decisionId: string): string | undefined {
    return this.#callIds.get(decisionId) ?? this.#router.live.get(decisionId)?.callId;
  }

  /** The decisions of those of the Call-IDs that are known. */
  decisionIdsOf(callIds: readonly string[]): ReadonlyMap<string, string> {
    const wanted = new Set(callIds);
    const found = new Map<string, string>();
    for (const { callId, decisionId } of this.#router.live.list())
      if (wanted.has(callId)) found.set(callId, decisionId);
    for (const callId of wanted) {
      const decisionId = this.#decisionIds.get(callId);
      if (decisionId !== undefined) found.set(callId, decisionId);
    }
    return found;
  }

  #ended(callId: string, decisionId: string): void {
    this.#callIds.set(decisionId, callId);
    this.#decisionIds.set(callId, decisionId);
    if (this.#callIds.size > capacity) forgetFirst(this.#callIds);
    if (this.#decisionIds.size > capacity) forgetFirst(this.#decisionIds);
  }
}

function forgetFirst(map: Map<string, string>): void {
  for (const key of map.keys()) {
    map.delete(key);
    return;
  }
}
