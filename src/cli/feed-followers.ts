// Who hears what the centres' feeds tell: the router first, then everybody else. One that throws costs nobody else their news.
import type { FeedListener } from '../callcenter/index.js';
import { errorMessage } from '../kernel/index.js';
import type { Logger } from '../kernel/index.js';

export type FeedFollower = Pick<FeedListener, 'onReading' | 'onCallEvent'> &
  Partial<Pick<FeedListener, 'onStatus'>>;

export class FeedFollowers implements FeedListener {
  readonly #log: Pick<Logger, 'error'>;
  #all: readonly FeedFollower[] = [];

  constructor(log: Pick<Logger, 'error'>) {
    this.#log = log;
  }

  /** Hears everything before all others. */
  lead(follower: FeedFollower): void {
    this.#all = [follower, ...this.#all];
  }

  add(follower: FeedFollower): void {
    this.#all = [...this.#all, follower];
  }

  onReading(...told: Parameters<FeedListener['onReading']>): void {
    this.#tell((follower) => follower.onReading(...told));
  }

  onCallEvent(...told: Parameters<FeedListener['onCallEvent']>): void {
    this.#tell((follower) => follower.onCallEvent(...told));
  }

  onStatus(...told: Parameters<FeedListener['onStatus']>): void {
    this.#tell((follower) => follower.onStatus?.(...told));
  }

  #tell(tell: (follower: FeedFollower) => void): void {
    for (const follower of this.#all) {
      try {
        tell(follower);
      } catch (error) {
        this.#log.error({ reason: errorMessage(error) }, 'follower of the feeds failed');
      }
    }
  }
}
