// Makes a free agent or port a call's own before the call is sent there, so that two calls, of one router or of several, never
// count on the same one (design, section 5 step 7).
import { estimateWaitSeconds } from '../callcenter/index.js';
import type { Board, BoardBuilder, ReservationLedger } from '../callcenter/index.js';
import type { Decision } from '../decision/index.js';
import { errorMessage } from '../kernel/index.js';
import type { Logger } from '../kernel/index.js';

/** Decisions that are made anew because what they counted on was taken; after that the call goes where it is decided to go. */
export const maxClaimRounds = 3;

export interface ClaimOptions {
  readonly ledger: ReservationLedger;
  readonly log: Logger;
}

export type ClaimOutcome =
  /** Its own, or nothing to claim, or nobody can say: go. */
  | { readonly kind: 'go'; readonly isClaimed: boolean }
  /** Spoken for: decide again; the board knows. */
  | { readonly kind: 'taken' };

/** Claims of one router. */
export class Claims {
  readonly #ledger: ReservationLedger;
  readonly #log: Logger;

  constructor({ ledger, log }: ClaimOptions) {
    this.#ledger = ledger;
    this.#log = log;
  }

  /** Reads into the board what the other routers have reserved. */
  refresh(board: BoardBuilder): void {
    board.setOthers(this.#ledger.others);
  }

  /**
   * Claims the first destination of a decision that counts on a free server there. Undefined when there is nothing to ask: the answer
   * is `go` at once.
   * @param seen the board that the decision was made from
   */
  claim(decision: Decision, seen: Board, board: BoardBuilder): Promise<ClaimOutcome> | undefined {
    const [first] = decision.steps;
    if (first?.target.kind !== 'destination') return undefined;
    const { destination } = first.target;
    const { id } = destination;
    const state = seen.states[destination.index];
    if (state === undefined || estimateWaitSeconds(destination, state) !== 0) return undefined;
    const claim = board.claimOf(id);
    if (claim === undefined) return undefined;
    const { decisionId, partner } = decision;
    return this.#ledger.claim({ destination: id, decisionId, partner, ...claim }).then(
      (answer) => {
        if (answer.kind === 'granted') return { kind: 'go', isClaimed: true };
        if (answer.kind === 'failure') return { kind: 'go', isClaimed: false };
        board.denied(id, answer.reserved);
        return { kind: 'taken' };
      },
      (error: unknown) => {
        this.#log.error({ error: errorMessage(error) }, 'reservation ledger broke its promise');
        return { kind: 'go', isClaimed: false };
      },
    );
  }

  /** Tells the other routers that a call is on its way to wait there. */
  note(destination: string, call: { readonly decisionId: string; readonly partner: string }): void {
    this.#ledger.note({ destination, ...call });
  }

  release(destination: string, decisionId: string): void {
    this.#ledger.release({ destination, decisionId });
  }
}
