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

interface Reservation {
  readonly destination: number;
  readonly partner: string;
  readonly expiresAt: number;
}

/** Called with each reservation that begins (+1) or ends (-1). */
type OnChange = (destination: number, partner: string, change: 1 | -1) => void;

/** The reservations of one router. All have one lifetime, so the order they were made in is the order they expire in. */
export class Reservations {
  readonly #lifetimeMs: number;
  readonly #capacity: number;
  readonly #onChange: OnChange;
  readonly #held = new Map<ReservationHandle, Reservation>();
  #lastHandle = 0;

  constructor(onChange: OnChange, options: ReservationOptions = {}) {
    this.#lifetimeMs = options.lifetimeMs ?? 5000;
    this.#capacity = Math.max(1, options.capacity ?? 16_384);
    this.#onChange = onChange;
  }

  /** @param destination `Destination.index` */
  reserve(destination: number, partner: string, now: number): ReservationHandle {
    this.expire(now);
    if (this.#held.size >= this.#capacity) this.#endOldest();
    const handle = ++this.#lastHandle;
    this.#held.set(handle, { destination, partner, expiresAt: now + this.#lifetimeMs });
    this.#onChange(destination, partner, 1);
    return handle;
  }

  /** Ends a reservation; false when it had ended already. */
  release(handle: ReservationHandle): boolean {
    const reservation = this.#held.get(handle);
    if (reservation === undefined) return false;
    this.#held.delete(handle);
    this.#onChange(reservation.destination, reservation.partner, -1);
    return true;
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
