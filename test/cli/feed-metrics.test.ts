import { Registry } from 'prom-client';
import t from 'tap';
import type { CentreReading, FeedStatus } from '../../src/callcenter/index.js';
import { observeFeeds } from '../../src/cli/feed-metrics.js';
import type { CentreFeed } from '../../src/freeswitch/index.js';

const status = (change: Partial<FeedStatus>): FeedStatus => ({
  centre: 'east',
  state: 'live',
  reason: undefined,
  ageMs: 1500,
  reconnects: 2,
  events: 70,
  malformed: 1,
  clockSkewMs: -250,
  missingQueues: ['platinum'],
  ...change,
});

const sales = {
  queue: 'sales',
  staffedAgents: 3,
  freeAgents: ['1001', '1002'],
  membersWaiting: 4,
  longestWaitMs: 12_500,
  handlingTimeSeconds: undefined,
  serviceLevel: 0.8,
};

const feed = (change: Partial<FeedStatus>): CentreFeed =>
  ({
    centre: change.centre ?? 'east',
    status: status(change),
    reading: { queues: new Map([['sales', sales]]) } as unknown as CentreReading,
    stuckQueues: ['sales'],
    overflow: 5,
  }) as unknown as CentreFeed;

t.test('feeds, and the queues of those that are live', async (t) => {
  const registry = new Registry();
  let feeds = [feed({}), feed({ centre: 'west', state: 'down', ageMs: undefined, clockSkewMs: undefined })];
  observeFeeds(registry, {
    get feeds() {
      return feeds;
    },
  });
  const lines = async () =>
    (await registry.metrics()).split('\n').filter((line) => line.startsWith('proffer_'));
  t.same(await lines(), [
    'proffer_centre_feed_up{centre="east"} 1',
    'proffer_centre_feed_up{centre="west"} 0',
    'proffer_centre_feed_age_seconds{centre="east"} 1.5',
    'proffer_centre_feed_missing_queues{centre="east"} 1',
    'proffer_centre_feed_missing_queues{centre="west"} 1',
    'proffer_centre_feed_clock_skew_seconds{centre="east"} -0.25',
    'proffer_centre_feed_reconnects_total{centre="east"} 2',
    'proffer_centre_feed_reconnects_total{centre="west"} 2',
    'proffer_centre_feed_events_total{centre="east"} 70',
    'proffer_centre_feed_events_total{centre="west"} 70',
    'proffer_centre_feed_malformed_total{centre="east"} 1',
    'proffer_centre_feed_malformed_total{centre="west"} 1',
    'proffer_centre_feed_overflow_total{centre="east"} 5',
    'proffer_centre_feed_overflow_total{centre="west"} 5',
    'proffer_queue_members_waiting{centre="east",queue="sales"} 4',
    'proffer_queue_longest_wait_seconds{centre="east",queue="sales"} 12.5',
    'proffer_queue_agents{centre="east",queue="sales",state="staffed"} 3',
    'proffer_queue_agents{centre="east",queue="sales",state="free"} 2',
    'proffer_queue_service_level{centre="east",queue="sales"} 0.8',
    'proffer_queue_stuck{centre="east",queue="sales"} 1',
  ]);
  feeds = [];
  t.same(await lines(), [], 'centres that are gone leave nothing');
});
