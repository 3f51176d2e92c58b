// The live side of a router: feeds of the centres, IVR ports, commands to calls, reservations that routers share.
import { derivedQueues } from '../callcenter/index.js';
import type { CallRouter } from '../calls/index.js';
import type { Environment, Settings } from '../config/index.js';
import { CentreFeeds, EventSocketControl, FsmrfBank } from '../freeswitch/index.js';
import type { WatchedCentre } from '../freeswitch/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import { RedisLedger } from '../reservations/index.js';
import { FeedFollowers } from './feed-followers.js';
import type { FeedFollower } from './feed-followers.js';

export interface LiveParts {
  readonly settings: Settings;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The centres of the settings with every queue that calls may go to there. */
export function watchedCentres(settings: Settings): readonly WatchedCentre[] {
  const derived = derivedQueues(settings);
  return settings.centres.centres.map((centre) => ({
    centre,
    queues: [
      ...centre.queues.map((one) => one.queue),
      ...derived.filter((one) => one.centre === centre.centre).map((one) => one.queue),
    ],
  }));
}

/** Undefined where routers do not share (`reservations.shared`). */
export function openLedger({ settings, environment, clock, log }: LiveParts): RedisLedger | undefined {
  const { shared, lifetimeMs, claimDeadlineMs } = settings.process.reservations;
  const { redisUrl: url } = environment;
  if (shared === 'none' || url === undefined) return undefined;
  return new RedisLedger({ url, lifetimeMs, claimDeadlineMs, clock, log });
}

/** The ids of destinations whose reservations are shared: those at centres that have a feed. */
function fedDestinations(router: Pick<CallRouter, 'plan'>): readonly string[] {
  const { decider, mediaCentres } = router.plan;
  return decider.destinations.filter(({ centre }) => mediaCentres.has(centre)).map(({ id }) => id);
}

/** Feeds, ports and control, kept in step with the settings. Made before the router, joined to it when it is there. */
export class LiveCentres {
  readonly bank: FsmrfBank;
  readonly ledger: RedisLedger | undefined;
  readonly feeds: CentreFeeds;
  readonly control: EventSocketControl;
  #router: CallRouter | undefined;
  readonly #followers: FeedFollowers;

  /** @param srf the drachtio-srf instance of the gateway */
  constructor(parts: LiveParts, srf: unknown) {
    const { settings, environment, clock, log } = parts;
    const { centres } = settings.centres;
    const secret = environment.freeswitchSecret;
    this.#followers = new FeedFollowers(log);
    this.ledger = openLedger(parts);
    this.bank = new FsmrfBank({ srf, centres, ivr: settings.process.ivr, secret, clock, log });
    this.feeds = new CentreFeeds(watchedCentres(settings), {
      password: secret,
      clock,
      log,
      listener: this.#followers,
    });
    this.control = new EventSocketControl(this.feeds, centres);
  }

  join(router: CallRouter): void {
    this.#router = router;
    this.#followers.lead(router);
    this.ledger?.watch(fedDestinations(router));
  }

  /** Somebody else hears what the router hears, after it. */
  follow(follower: FeedFollower): void {
    this.#followers.add(follower);
  }

  /** In the order in which they start. */
  get parts(): readonly Part[] {
    const { ledger, bank, feeds } = this;
    return [...(ledger === undefined ? [] : [ledger]), bank, feeds];
  }

  /** After the router has taken the settings over. */
  applySettings(settings: Settings): void {
    const { centres } = settings.centres;
    this.feeds.watch(watchedCentres(settings));
    this.bank.watch(centres);
    this.control.watch(centres);
    if (this.#router !== undefined) this.ledger?.watch(fedDestinations(this.#router));
  }
}
