// Every channel of a centre, by its uuid, oldest first.
import type { Channel } from './channel.js';

export class ChannelTable implements Iterable<Channel> {
  readonly #channels = new Map<string, Channel>();
  #sessions = 0;
  #peak = 0;

  get size(): number {
    return this.#channels.size;
  }

  /** Channels since the start. */
  get sessions(): number {
    return this.#sessions;
  }

  /** Most at once. */
  get peak(): number {
    return this.#peak;
  }

  get(uuid: string): Channel | undefined {
    return this.#channels.get(uuid);
  }

  /** Variable session_id of the next channel. */
  nextSessionId(): number {
    this.#sessions += 1;
    return this.#sessions;
  }

  add(channel: Channel): void {
    this.#channels.set(channel.uuid, channel);
    this.#peak = Math.max(this.#peak, this.#channels.size);
  }

  delete(channel: Channel): void {
    this.#channels.delete(channel.uuid);
  }

  [Symbol.iterator](): Iterator<Channel> {
    return [...this.#channels.values()].values();
  }
}
