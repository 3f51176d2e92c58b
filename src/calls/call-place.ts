// Where one call counts: the destination that it is on its way to (a reservation), and the one that it is in progress at.
import type { BoardBuilder, Destination, ReservationHandle } from '../callcenter/index.js';
import type { Clock } from '../kernel/index.js';
import type { RouteStep } from '../decision/index.js';
import type { Claims } from './claims.js';
import { usageLine } from './decision-record.js';
import type { DecisionLog } from './decision-log.js';

export interface CallPlaceOptions {
  readonly clock: Clock;
  readonly claims: Claims | undefined;
  readonly decisionLog: Pick<DecisionLog, 'add'>;
  /** The board that the call was decided on; its reservations are there. */
  readonly board: BoardBuilder;
  /** The board of new calls; calls in progress count there. */
  readonly currentBoard: () => BoardBuilder;
  readonly decisionId: string;
  readonly callId: string;
}

export class CallPlace {
  readonly #options: CallPlaceOptions;
  #partner = '';
  #reservation: ReservationHandle | undefined;
  /** Id of the destination that the reservation is for. */
  #reservedAt: string | undefined;
  #connectedTo: Destination | undefined;
  #connectedAt = 0;

  constructor(options: CallPlaceOptions) {
    this.#options = options;
  }

  /** Whose call it is; before anything else. */
  of(partner: string): void {
    this.#partner = partner;
  }

  /** On its way to the destination of this step; its reservation moves there. */
  trying(step: RouteStep): void {
    const id = idOf(step);
    if (id !== undefined && id === this.#reservedAt) return;
    this.endReservation();
    if (id === undefined) return;
    this.reserve(id);
    this.noteReservation();
  }

  /** Tells the other routers of a reservation that the ledger has not granted. */
  noteReservation(): void {
    const { claims, board, decisionId } = this.#options;
    const id = this.#reservedAt;
    if (id !== undefined && board.isFed(id)) claims?.note(id, { decisionId, partner: this.#partner });
  }

  reserve(destination: string): void {
    const { board, clock, decisionId } = this.#options;
    this.#reservation = board.reserve(destination, this.#partner, clock.now(), decisionId);
    this.#reservedAt = destination;
  }

  endReservation(): void {
    const { board, claims, decisionId } = this.#options;
    if (this.#reservation !== undefined) board.release(this.#reservation);
    if (this.#reservedAt !== undefined) claims?.release(this.#reservedAt, decisionId);
    this.#reservation = undefined;
    this.#reservedAt = undefined;
  }

  /** In progress at the destination of this step. Of a fed queue the reservation lasts until the feed has seen the call there. */
  connected(step: RouteStep): void {
    const { board, currentBoard, clock } = this.#options;
    const id = idOf(step);
    if (id === undefined || !board.isFed(id)) this.endReservation();
    this.leave();
    if (step.target.kind !== 'destination') return;
    this.#connectedTo = step.target.destination;
    this.#connectedAt = clock.now();
    currentBoard().callStarted(this.#connectedTo.id, this.#partner);
  }

  /** New settings made another board: a call in progress counts there too. */
  countOn(board: BoardBuilder): void {
    if (this.#connectedTo !== undefined) board.callStarted(this.#connectedTo.id, this.#partner);
  }

  /** No longer where it was in progress: the board counts it there no more, and the partner's account of IVR ports does. */
  leave(): void {
    const destination = this.#connectedTo;
    this.#connectedTo = undefined;
    if (destination === undefined) return;
    const { currentBoard, decisionLog, clock, decisionId, callId } = this.#options;
    currentBoard().callEnded(destination.id, this.#partner);
    if (destination.kind !== 'ivr') return;
    const line = usageLine(
      {
        wallNow: clock.wallNow(),
        decisionId,
        callId,
        partner: this.#partner,
        kind: 'ivr',
        destination: destination.id,
        agent: undefined,
      },
      clock.now() - this.#connectedAt,
    );
    decisionLog.add(line);
  }
}

function idOf({ target }: RouteStep): string | undefined {
  return target.kind === 'destination' ? target.destination.id : undefined;
}
