// Reservations: a call on its way to a destination counts against its free servers until the call is seen there, or a few
// seconds pass (design, section 5 step 7). Known to this process alone; time is passed in.

export interface ReservationOptions {
  /** How long a reservation lasts that nobody releases, in milliseconds. Default 5000. */
  readonly lifetimeMs?: number;
  /** Reservations held at once; the oldest gives way to a new one. Default 16384. */
  readonly capacity?: number;
}

/** Names one reservation; never used twice. */
export type ReservationHandle = number;

/** One call on its way. */
export interface ReservedCall {
  /** `Destination.id` */
  readonly destination: string;
  readonly partner: string;
  /** A call is on its way to one place at a time: a new reservation of the same decision ends the one before. */
  readonly decisionId: string | undefined;
}

interface Reservation extends ReservedCall {
  readonly expiresAt: number;
}

/** Called with each reservation that begins (+1) or ends (-1). */
export type OnReservation = (destination: string, partner: string, change: 1 | -1) => void;

/** The reservations of one router. All have one lifetime, so the order they were made in is the order they expire in. */
export class Reservations {
  readonly lifetimeMs: number;
  readonly #capacity: number;
  #onChange: OnReservation;
  readonly #held = new Map<ReservationHandle, Reservation>();
  readonly #byDecision = new Map<string, ReservationHandle>();
  #lastHandle = 0;

  constructor(onChange: OnReservation, options: ReservationOptions = {}) {
    this.lifetimeMs = options.lifetimeMs ?? 5000;
    this.#capacity = Math.max(1, options.capacity ?? 16_384);
    this.#onChange = onChange;
  }

  /** Somebody else counts from now on, and is told at once of all that are held. */
  handTo(onChange: OnReservation): void {
    this.#onChange = onChange;
    for (const { destination, partner } of this.#held.values()) onChange(destination, partner, 1);
  }

  reserve(call: ReservedCall, now: number): ReservationHandle {
    this.expire(now);
    if (call.decisionId !== undefined) this.releaseDecision(call.decisionId);
    if (this.#held.size >= this.#capacity) this.#endOldest();
    const handle = ++this.#lastHandle;
    const { destination, partner, decisionId } = call;
    this.#held.set(handle, { destination, partner, decisionId, expiresAt: now + this.lifetimeMs });
    if (decisionId !== undefined) this.#byDecision.set(decisionId, handle);
    this.#onChange(destination, partner, 1);
    return handle;
  }

  /** Ends a reservation; false when it had ended already. */
  release(handle: ReservationHandle): boolean {
    const reservation = this.#held.get(handle);
    if (reservation === undefined) return false;
    this.#held.delete(handle);
    if (reservation.decisionId !== undefined) this.#byDecision.delete(reservation.decisionId);
    this.#onChange(reservation.destination, reservation.partner, -1);
    return true;
  }

  /** Ends the reservation of a decision, wherever it is; false when there is none. */
  releaseDecision(decisionId: string): boolean {
    const handle = this.#byDecision.get(decisionId);
    return handle !== undefined && this.release(handle);
  }

  /** Ends those whose time is over. */
  expire(now: number): void {
    for (const [handle, reservation] of this.#held) {
      if (reservation.expiresAt > now) return;
      this.release(handle);
    }
  }

  get size(): number {
    return this.#held.size;
  }

  #endOldest(): void {
    for (const handle of this.#held.keys()) {
      this.release(handle);
      return;
    }
  }
}
