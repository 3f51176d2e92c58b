// Feeds that fail in part: silence, a wrong password, a queue that is not there. Real router process, real event sockets.
import t from 'tap';
import { LiveStage, platinumCaller, unknownCaller } from '../support/live-stage.js';
import { sumOf } from '../support/metrics-text.js';
import { waitUntil } from '../support/child-process.js';
import type { CentreName } from '../support/live-stage.js';

void t.test('feeds that fail cost knowledge, not calls', async (t) => {
  const stage = await LiveStage.open(t, {
    staff: {
      east: { ann: ['acme-sales'], eve: ['service'] },
      west: { wanda: ['acme-sales'], will: ['service'] },
    },
    missing: { west: ['acme-sales'] },
    edit: (draft) => {
      for (const offer of draft.offers.offers ?? []) {
        if (offer.offer !== 'ACME-PLATINUM') continue;
        // Both centres sell it, and the one without the queue is asked first.
        offer.presentations = [
          { presentation: 'agent', kind: 'agent', destinations: ['west/acme-sales', 'east/acme-sales'] },
        ];
      }
    },
  });
  const { router } = stage;
  const feedOf = async (centre: CentreName): Promise<{ state?: string; detail?: string }> => {
    const answer = await fetch(`${router.http}/readyz`);
    const { parts } = (await answer.json()) as { parts: { part: string; state: string; detail?: string }[] };
    return { ...parts.find(({ part }) => part === `feed of ${centre}`) };
  };
  const isLive = async (centre: CentreName): Promise<boolean> =>
    sumOf(await router.metrics(), 'proffer_centre_feed_up', { centre }) === 1;
  /** Where a caller lands, and what the record knew of the queues that were weighed. */
  const storyOf = async (caller: string) => {
    const call = await stage.call(caller);
    const decision = await stage.decisionOf(call);
    const outcome = await stage.recordOf(call, ({ type }) => type === 'outcome');
    call.hangUp();
    await stage.untilIdle();
    return {
      destination: outcome['destination'],
      resources: decision['resources'] as Readonly<Record<string, object>>,
    };
  };

  await t.test('a queue that a centre does not have gets no calls, and its other queues do', async (t) => {
    const samples = await router.metrics();
    t.equal(sumOf(samples, 'proffer_centre_feed_missing_queues', { centre: 'west' }), 1);
    t.equal(sumOf(samples, 'proffer_centre_feed_missing_queues', { centre: 'east' }), 0);
    const story = await storyOf(platinumCaller);
    t.equal(story.destination, 'east/acme-sales');
    t.match(story.resources['west/acme-sales'], { problem: 'missing-queue', servers: 0 });
    stage.setStatus('east', 'eve', 'On Break');
    await stage.untilFree('east', 'service', 0);
    t.equal((await storyOf(unknownCaller)).destination, 'west/service');
    stage.setStatus('east', 'eve', 'Available');
    await stage.untilFree('east', 'service', 1);
  });

  await t.test('a feed that falls silent: its readings become unknown, and calls are routed', async (t) => {
    stage.centre('east').eventSocket?.freeze();
    await waitUntil('the silence is noticed', async () => !(await isLive('east')));
    t.match(await feedOf('east'), { state: 'degraded', detail: /nothing came|no answer/ });
    t.match(await feedOf('west'), { state: 'ready' });
    t.equal(await router.httpStatus('/readyz'), 200);
    const story = await storyOf(platinumCaller);
    t.equal(story.destination, 'east/acme-sales', 'unknown is neither free nor closed');
    t.match(story.resources['east/acme-sales'], { problem: 'stale-reading' });
    const { servers, freeServers } = story.resources['east/acme-sales'] as Record<string, unknown>;
    t.same([servers, freeServers], [undefined, undefined]);
    stage.centre('east').eventSocket?.thaw();
    await waitUntil('the feed is live again', async () => isLive('east'), 20_000);
    await stage.untilFree('east', 'acme-sales', 1);
    t.match((await storyOf(platinumCaller)).resources['east/acme-sales'], { servers: 1, freeServers: 1 });
  });

  await t.test('a wrong password is named, and calls are routed', async (t) => {
    await stage.killCentre('west');
    await waitUntil('the feed is down', async () => !(await isLive('west')));
    await stage.startCentre('west', 'another password');
    await waitUntil('the password is refused', async () =>
      /wrong password/.test((await feedOf('west')).detail ?? ''),
    );
    t.match(await feedOf('west'), { state: 'degraded', detail: /FREESWITCH_ESL_SECRET/ });
    t.match(router.output, /"centre":"west","state":"refused","reason":"wrong password/);
    t.notMatch(router.output, /another password|ClueCon/, 'no password is in the log');
    await waitUntil('the centre answers its health check', async () => {
      const samples = await router.metrics();
      return sumOf(samples, 'proffer_destination_up', { destination: 'west/service' }) === 1;
    });
    stage.setStatus('east', 'eve', 'Logged Out');
    await stage.untilFree('east', 'service', 0);
    t.equal((await storyOf(unknownCaller)).destination, 'west/service');
  });
});
