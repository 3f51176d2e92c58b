// Metrics of the live feeds of the centres, read when Prometheus asks.
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { CentreFeed, CentreFeeds } from '../freeswitch/index.js';
import type { QueueReading } from '../callcenter/index.js';

/**
 * Feeds: up, age, reconnects, events, malformed, left out, missing queues, clock skew. Queues: members, longest wait, agents,
 * service level, stuck. Queues of a centre whose feed is not live are left out: nothing is known of them.
 */
export function observeFeeds(registry: Registry, feeds: Pick<CentreFeeds, 'feeds'>): void {
  observeStates(registry, feeds);
  observeCounters(registry, feeds);
  observeQueues(registry, feeds);
}

function observeStates(registry: Registry, feeds: Pick<CentreFeeds, 'feeds'>): void {
  const gauge = (name: string, help: string, read: (feed: CentreFeed) => number | undefined): void => {
    new Gauge({
      name,
      help,
      labelNames: ['centre'],
      registers: [registry],
      collect() {
        this.reset();
        for (const feed of feeds.feeds) {
          const value = read(feed);
          if (value !== undefined) this.set({ centre: feed.centre }, value);
        }
      },
    });
  };
  gauge('proffer_centre_feed_up', '1 while the event socket of the centre is followed', ({ status }) =>
    status.state === 'live' ? 1 : 0,
  );
  gauge('proffer_centre_feed_age_seconds', 'since the centre last proved that it lives', ({ status }) =>
    status.ageMs === undefined ? undefined : status.ageMs / 1000,
  );
  gauge(
    'proffer_centre_feed_missing_queues',
    'queues of the settings that do not exist there',
    ({ status }) => status.missingQueues.length,
  );
  gauge('proffer_centre_feed_clock_skew_seconds', 'clock of the centre minus ours', ({ status }) =>
    status.clockSkewMs === undefined ? undefined : status.clockSkewMs / 1000,
  );
}

function observeCounters(registry: Registry, feeds: Pick<CentreFeeds, 'feeds'>): void {
  const counter = (name: string, help: string, read: (feed: CentreFeed) => number): void => {
    new Counter({
      name,
      help,
      labelNames: ['centre'],
      registers: [registry],
      collect() {
        this.reset();
        for (const feed of feeds.feeds) this.inc({ centre: feed.centre }, read(feed));
      },
    });
  };
  counter(
    'proffer_centre_feed_reconnects_total',
    'attempts to connect after the first',
    ({ status }) => status.reconnects,
  );
  counter('proffer_centre_feed_events_total', 'events that came', ({ status }) => status.events);
  counter(
    'proffer_centre_feed_malformed_total',
    'frames, events and rows of tables that could not be used',
    ({ status }) => status.malformed,
  );
  counter(
    'proffer_centre_feed_overflow_total',
    'agents, members and lists of channels left out because there were too many',
    ({ overflow }) => overflow,
  );
}

type QueueLabels = { readonly centre: string; readonly queue: string; readonly state?: string };
type SetValue = (labels: QueueLabels, value: number) => void;

function observeQueues(registry: Registry, feeds: Pick<CentreFeeds, 'feeds'>): void {
  const gauge = (
    { name, help }: { readonly name: string; readonly help: string },
    tell: (set: SetValue, labels: QueueLabels, queue: QueueReading) => void,
    labelNames: readonly string[] = ['centre', 'queue'],
  ): void => {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [registry],
      collect() {
        this.reset();
        for (const { centre, queue } of liveQueues(feeds)) {
          tell((labels, value) => this.set({ ...labels }, value), { centre, queue: queue.queue }, queue);
        }
      },
    });
  };
  gauge(
    { name: 'proffer_queue_members_waiting', help: 'callers who wait in the queue' },
    (set, labels, queue) => set(labels, queue.membersWaiting),
  );
  gauge(
    { name: 'proffer_queue_longest_wait_seconds', help: 'of the callers who wait now' },
    (set, labels, queue) => set(labels, queue.longestWaitMs / 1000),
  );
  gauge(
    { name: 'proffer_queue_agents', help: 'agents of the queue: staffed (logged in, not on a break), free' },
    (set, labels, queue) => {
      set({ ...labels, state: 'staffed' }, queue.staffedAgents);
      set({ ...labels, state: 'free' }, queue.freeAgents.length);
    },
    ['centre', 'queue', 'state'],
  );
  gauge(
    {
      name: 'proffer_queue_service_level',
      help: 'of the last 200 calls: answered within serviceLevelSeconds / (answered + left before an agent had them)',
    },
    (set, labels, queue) => {
      if (queue.serviceLevel !== undefined) set(labels, queue.serviceLevel);
    },
  );
  observeStuck(registry, feeds);
}

function observeStuck(registry: Registry, feeds: Pick<CentreFeeds, 'feeds'>): void {
  new Gauge({
    name: 'proffer_queue_stuck',
    help: '1: members wait, agents are free, and nothing was offered for 10 s',
    labelNames: ['centre', 'queue'],
    registers: [registry],
    collect() {
      this.reset();
      const stuck = new Map(feeds.feeds.map((feed) => [feed.centre, new Set(feed.stuckQueues)]));
      for (const { centre, queue } of liveQueues(feeds)) {
        this.set({ centre, queue: queue.queue }, stuck.get(centre)?.has(queue.queue) === true ? 1 : 0);
      }
    },
  });
}

function* liveQueues(
  feeds: Pick<CentreFeeds, 'feeds'>,
): Generator<{ readonly centre: string; readonly queue: QueueReading }> {
  for (const { centre, status, reading } of feeds.feeds) {
    if (status.state !== 'live' || reading === undefined) continue;
    for (const queue of reading.queues.values()) yield { centre, queue };
  }
}
