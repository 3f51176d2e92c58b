// A centre that dies under load and comes back, and one that is drained: real router process, real sockets, SIPp callers.
import t from 'tap';
import { LiveStage, twoAgentOffers } from '../support/live-stage.js';
import { landings, load, unknownCallers } from '../support/live-load.js';
import { sumOf } from '../support/metrics-text.js';
import { sippMissing } from '../support/sipp.js';
import { waitUntil } from '../support/child-process.js';
import type { RouterProcess } from '../support/router-process.js';
import type { Staff } from '../support/live-stage.js';

const skip = sippMissing() ?? false;

interface Readiness {
  readonly status: string;
  readonly parts: readonly { readonly part: string; readonly state: string; readonly detail?: string }[];
}

async function readiness(router: RouterProcess): Promise<Readiness> {
  return (await (await fetch(`${router.http}/readyz`)).json()) as Readiness;
}

function clerks(prefix: string): Staff {
  return Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`${prefix}${at}`, ['service']]));
}

void t.test('a centre is killed under load, and is back', { skip }, async (t) => {
  const stage = await LiveStage.open(t, { staff: { east: clerks('e'), west: clerks('w') } });
  const { router } = stage;
  const callers = unknownCallers(30);
  const running = load(router, callers, { calls: 150, rate: 10 });
  const answered = async (count: number): Promise<void> =>
    waitUntil(`${count} calls are answered`, () => landings(router).length >= count, 20_000);
  const isUp = async (): Promise<readonly [feed: number, destination: number]> => {
    const samples = await router.metrics();
    return [
      sumOf(samples, 'proffer_centre_feed_up', { centre: 'east' }),
      sumOf(samples, 'proffer_destination_up', { destination: 'east/service' }),
    ];
  };

  await answered(callers.length);
  const killedAt = Date.now();
  await stage.killCentre('east');
  await waitUntil('health check and feed say that the centre is down', async () =>
    (await isUp()).every((up) => up === 0),
  );
  const downAt = Date.now();
  const duringOutage = await readiness(router);
  await answered(landings(router).length + 40);
  const restartedAt = Date.now();
  await stage.startCentre('east');
  await waitUntil('health check and feed say that the centre is up', async () =>
    (await isUp()).every((up) => up === 1),
  );
  const backAt = Date.now();
  const run = await running;

  // On a machine that is busy the centre is seen to be back when the last of these calls was decided long ago.
  const further = await load(router, callers, { calls: 20, rate: 10 });

  t.equal(run.statistics.failed + further.statistics.failed, 0, run.errors);
  t.equal(run.statistics.successful, 150, 'every call was answered');
  const all = landings(router);
  const placesOf = (from: number, to: number): Set<string> =>
    new Set(all.filter(({ at }) => at > from && at < to).map(({ destination }) => destination));
  for (const place of ['east/service', 'west/service'])
    t.ok(placesOf(0, killedAt).has(place), `${place} had a share`);
  t.same([...placesOf(downAt, restartedAt)], ['west/service'], 'the living centre had all calls meanwhile');
  t.ok(placesOf(backAt, Infinity).has('east/service'), 'its share came back');
  const part = duringOutage.parts.find((one) => one.part === 'feed of east');
  t.equal(duringOutage.status, 'ready', 'a router with one centre takes calls');
  t.match(part, { state: 'degraded', detail: /is FreeSWITCH running/ });
  t.match(
    (await readiness(router)).parts.find((one) => one.part === 'feed of east'),
    { state: 'ready' },
  );
  await stage.untilIdle();
});

void t.test('a centre is drained while calls run', { skip }, async (t) => {
  const stage = await LiveStage.open(t, {
    staff: { east: { ...clerks('e'), ann: ['acme-sales'] }, west: clerks('w') },
    edit: twoAgentOffers,
  });
  const { router } = stage;
  const held = await stage.call();
  await stage.untilExposures(held, ['reserved', 'confirmed by ann']);
  const running = load(router, unknownCallers(30), { calls: 60, rate: 12 });
  await waitUntil('both centres have calls', () => {
    const places = new Set(landings(router).map(({ destination }) => destination));
    return places.has('east/service') && places.has('west/service');
  });
  router.settings.change((draft) => {
    for (const centre of draft.centres.centres ?? []) if (centre.centre === 'east') centre.drain = true;
  });
  await waitUntil('the settings are taken over', () => router.output.includes('"settings changed"'));
  const drainedAt = Date.now();
  const run = await running;
  t.equal(run.statistics.successful, 60, run.errors);
  // A machine that is busy takes the settings over when the last of these calls was decided long ago.
  const further = await load(router, unknownCallers(30), { calls: 24, rate: 12 });
  t.equal(further.statistics.successful, 24, further.errors);
  // Not those that were decided just before and answered just after.
  const late = landings(router).filter(({ at }) => at > drainedAt + 500);
  t.ok(late.length > 10, `${late.length} calls came after`);
  t.same([...new Set(late.map(({ destination }) => destination))], ['west/service']);
  t.notOk(held.isOver, 'the call in progress stays');
  t.equal(stage.centre('east').counts.channels > 0, true);
  const next = await stage.call();
  const outcome = await stage.recordOf(next, ({ type }) => type === 'outcome');
  t.equal(outcome['destination'], 'west/service', 'nor does an offer go there');
  held.hangUp();
  next.hangUp();
  await stage.untilIdle();
});
