// A ring linked through its members, for what comes and goes in order by the thousand: to begin a Map from its front is to walk over the
// holes of all that were deleted there.

/** A member of a ring, or the one that stands for it between its last and its first. Alone it is its own neighbour. */
export class Ring {
  previous: Ring;
  next: Ring;

  constructor() {
    this.previous = this;
    this.next = this;
  }

  get isAlone(): boolean {
    return this.next === this;
  }

  /** Puts `one`, which is alone, before this: at the end of the ring that this stands for. */
  add(one: Ring): void {
    one.previous = this.previous;
    one.next = this;
    this.previous.next = one;
    this.previous = one;
  }

  unlink(): void {
    this.previous.next = this.next;
    this.next.previous = this.previous;
    this.previous = this;
    this.next = this;
  }
}
