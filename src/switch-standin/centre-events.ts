// Where the events of a stand-in centre go: each is stamped once, and everybody who listens gets the same one.
import { EventStamp } from './event-socket/event-format.js';
import type { StampedEvent } from './event-socket/event-format.js';
import type { EventSink, SwitchEvent } from './switch-event.js';

/** The stamp of a centre, which tells its listeners of every event that is stamped. */
export class CentreStamp extends EventStamp {
  readonly #listeners = new Set<(event: StampedEvent) => void>();

  listen(listener: (event: StampedEvent) => void): void {
    this.#listeners.add(listener);
  }

  override stamp(event: SwitchEvent): StampedEvent {
    const stamped = super.stamp(event);
    for (const listener of this.#listeners) listener(stamped);
    return stamped;
  }

  /** For an event that one client alone is to see. */
  stampOnly(event: SwitchEvent): StampedEvent {
    return super.stamp(event);
  }
}

/** Events of everything in the centre; an event socket takes them once there is one. */
export class CentreEvents implements EventSink {
  readonly #stamp: CentreStamp;
  #server: EventSink | undefined;

  constructor(stamp: CentreStamp) {
    this.#stamp = stamp;
  }

  /** @param server stamps what it is given, for the listeners of the stamp too */
  sendThrough(server: EventSink | undefined): void {
    this.#server = server;
  }

  fire(event: SwitchEvent): void {
    if (this.#server === undefined) this.#stamp.stamp(event);
    else this.#server.fire(event);
  }
}
