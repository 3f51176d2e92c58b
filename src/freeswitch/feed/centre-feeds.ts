// The feeds of all centres that have an event socket, kept in step with the settings.
import type { Part } from '../../kernel/index.js';
import { CentreFeed, FeedCommandError } from './centre-feed.js';
import type { FeedOptions, WatchedCentre } from './centre-feed.js';

export class CentreFeeds implements Part {
  readonly name = 'centre feeds';
  readonly #options: FeedOptions;
  readonly #feeds = new Map<string, { readonly feed: CentreFeed; readonly socket: string }>();
  #watched: readonly WatchedCentre[];
  #isStarted = false;

  /** @param watched the centres of the settings; those without an event socket are left out */
  constructor(watched: readonly WatchedCentre[], options: FeedOptions) {
    this.#watched = watched;
    this.#options = options;
  }

  /** In the order of the settings. */
  get feeds(): readonly CentreFeed[] {
    return [...this.#feeds.values()].map((one) => one.feed);
  }

  /** As `CentreFeed.command`. @throws FeedCommandError also for a centre that has no feed */
  async command(centre: string, line: string): Promise<string> {
    const known = this.#feeds.get(centre);
    if (known === undefined) throw new FeedCommandError(centre, 'it has no event socket');
    return known.feed.command(line);
  }

  start(): void {
    this.#isStarted = true;
    this.watch(this.#watched);
  }

  /**
   * New settings: centres that are gone are left, new ones joined; one whose event socket is the same keeps its connection, and what
   * it has seen.
   */
  watch(watched: readonly WatchedCentre[]): void {
    this.#watched = watched;
    if (!this.#isStarted) return;
    const before = new Map(this.#feeds);
    this.#feeds.clear();
    for (const one of watched) {
      const { centre, host, eventSocket } = one.centre;
      if (eventSocket === undefined) continue;
      const socket = JSON.stringify([host, eventSocket]);
      const known = before.get(centre);
      if (known?.socket === socket) {
        known.feed.watch(one);
        this.#feeds.set(centre, known);
        before.delete(centre);
      } else {
        const feed = new CentreFeed(one, this.#options);
        this.#feeds.set(centre, { feed, socket });
        feed.start();
      }
    }
    for (const { feed } of before.values()) feed.close();
  }

  stop(): void {
    this.#isStarted = false;
    for (const { feed } of this.#feeds.values()) feed.close();
    this.#feeds.clear();
  }
}
