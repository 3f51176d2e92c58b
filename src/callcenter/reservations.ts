// Reservations: a call on its way to a destination counts against its free servers until the call is seen there, or a few
// seconds pass (design, section 5 step 7). Known to this process alone; time is passed in.
import { Ring } from '../kernel/index.js';

export interface ReservationOptions {
  /** How long a reservation lasts that nobody releases, in milliseconds. Default 5000. */
  readonly lifetimeMs?: number;
  /** Reservations held at once; the oldest gives way to a new one. Default 16384. */
  readonly capacity?: number;
}

/** One call on its way. */
export interface ReservedCall {
  /** `Destination.id` */
  readonly destination: string;
  readonly partner: string;
  /** A call is on its way to one place at a time: a new reservation of the same decision ends the one before. */
  readonly decisionId: string | undefined;
}

/** Called with each reservation that begins (+1) or ends (-1). */
export type OnReservation = (destination: string, partner: string, change: 1 | -1) => void;

class Reservation extends Ring implements ReservedCall {
  readonly destination: string;
  readonly partner: string;
  readonly decisionId: string | undefined;
  readonly expiresAt: number;

  constructor({ destination, partner, decisionId }: ReservedCall, expiresAt: number) {
    super();
    this.destination = destination;
    this.partner = partner;
    this.decisionId = decisionId;
    this.expiresAt = expiresAt;
  }
}

/** One reservation. */
export type ReservationHandle = Reservation;

/** The reservations of one router. All have one lifetime, so the order they were made in is the order they expire in. */
export class Reservations {
  readonly lifetimeMs: number;
  readonly #capacity: number;
  #onChange: OnReservation;
  /** Stands between the latest and the oldest. */
  readonly #ring = new Ring();
  readonly #byDecision = new Map<string, Reservation>();
  #size = 0;

  constructor(onChange: OnReservation, options: ReservationOptions = {}) {
    this.lifetimeMs = options.lifetimeMs ?? 5000;
    this.#capacity = Math.max(1, options.capacity ?? 16_384);
    this.#onChange = onChange;
  }

  /** Somebody else counts from now on, and is told at once of all that are held. */
  handTo(onChange: OnReservation): void {
    this.#onChange = onChange;
    for (let one = this.#ring.next; one instanceof Reservation; one = one.next)
      onChange(one.destination, one.partner, 1);
  }

  reserve(call: ReservedCall, now: number): ReservationHandle {
    this.expire(now);
    const { destination, partner, decisionId } = call;
    if (decisionId !== undefined) this.releaseDecision(decisionId);
    if (this.#size >= this.#capacity) this.#endOldest();
    const reservation = new Reservation(call, now + this.lifetimeMs);
    this.#ring.add(reservation);
    this.#size += 1;
    if (decisionId !== undefined) this.#byDecision.set(decisionId, reservation);
    this.#onChange(destination, partner, 1);
    return reservation;
  }

  /** Ends a reservation; false when it had ended already. */
  release(reservation: ReservationHandle): boolean {
    if (reservation.isAlone) return false;
    const { destination, partner, decisionId } = reservation;
    reservation.unlink();
    this.#size -= 1;
    if (decisionId !== undefined) this.#byDecision.delete(decisionId);
    this.#onChange(destination, partner, -1);
    return true;
  }

  /** Ends the reservation of a decision, wherever it is; false when there is none. */
  releaseDecision(decisionId: string): boolean {
    const reservation = this.#byDecision.get(decisionId);
    return reservation !== undefined && this.release(reservation);
  }

  /** Ends those whose time is over. */
  expire(now: number): void {
    for (let oldest = this.#oldest; oldest !== undefined; oldest = this.#oldest) {
      if (oldest.expiresAt > now) return;
      this.release(oldest);
    }
  }

  get size(): number {
    return this.#size;
  }

  get #oldest(): Reservation | undefined {
    const { next } = this.#ring;
    return next instanceof Reservation ? next : undefined;
  }

  #endOldest(): void {
    const oldest = this.#oldest;
    if (oldest !== undefined) this.release(oldest);
  }
}
