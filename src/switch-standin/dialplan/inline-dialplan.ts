// Applications given by whoever transfers the call (dialplan `inline`), one after the other; then the call is over.
import type { Channel, Controller } from '../channel/channel.js';

export interface InlineApplication {
  readonly name: string;
  readonly data: string;
}

export class InlineDialplan implements Controller {
  readonly #channel: Channel;
  /** The last is `park`: then the channel waits for orders. */
  readonly #isParking: boolean;

  constructor(channel: Channel, applications: readonly InlineApplication[]) {
    this.#channel = channel;
    const parkAt = applications.findIndex(({ name }) => name === 'park');
    this.#isParking = parkAt !== -1;
    const all = this.#isParking ? applications.slice(0, parkAt + 1) : applications;
    for (const one of all) channel.applications.push(one);
    if (all.length === 0) queueMicrotask(() => this.onIdle());
  }

  onIdle(): void {
    if (!this.#isParking) this.#channel.hangup('NORMAL_CLEARING');
  }

  release(): void {
    this.#channel.applications.break(true);
  }
}
