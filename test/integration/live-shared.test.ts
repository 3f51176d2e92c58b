// Two routers that share reservations through one Redis: a free agent is one call's own. Real router processes, a real redis-server.
import { Redis } from 'ioredis';
import t from 'tap';
import { LiveStage, platinumCaller, twoAgentOffers } from '../support/live-stage.js';
import { RedisServer } from '../support/redis-server.js';
import { callWithSipp, sippMissing } from '../support/sipp.js';
import { trunkAddress } from '../support/router-settings.js';
import { waitUntil } from '../support/child-process.js';
import { sumOf } from '../support/metrics-text.js';

const skip = sippMissing() ?? false;
const rounds = 3;
const callsOfRouter = 25;

interface Candidate {
  readonly destination?: string;
  readonly waitSeconds?: number;
}

void t.test('50 simultaneous calls, two routers, one free agent', { skip }, async (t) => {
  const redis = await RedisServer.start();
  t.teardown(() => redis.stop());
  const clerks = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`clerk${at}`, ['service']]));
  const stage = await LiveStage.open(t, {
    routers: 2,
    env: { REDIS_URL: redis.url },
    staff: { east: { ann: ['acme-sales'], ...clerks }, west: clerks },
    edit: (draft) => {
      twoAgentOffers(draft);
      for (const offer of draft.offers.offers ?? []) offer.waitCapSeconds = 60;
      // What is proved is the law, not the speed of this machine: no call is to give up on its claim.
      draft.proffer.routing = { ...draft.proffer.routing, decisionDeadlineMs: 5000, storeDeadlineMs: 2000 };
      draft.proffer.reservations = { ...draft.proffer.reservations, claimDeadlineMs: 1000 };
    },
  });
  const client = new Redis(redis.url);
  t.teardown(() => client.quit());

  const round = (): Promise<void> =>
    Promise.all(
      stage.routers.map((router) =>
        callWithSipp({
          scenario: 'uac-call',
          remote: router.sip,
          localAddress: trunkAddress.proxy,
          localPort: 0,
          caller: platinumCaller,
          calls: callsOfRouter,
          rate: 1000,
          pauseMs: 1500,
          traceMessages: false,
        }),
      ),
    ).then((runs) => {
      for (const run of runs) t.equal(run.statistics.successful, callsOfRouter, run.errors);
    });

  for (let number = 1; number <= rounds; number++) {
    await t.test(`round ${number}: one call is sent to the agent as free`, async (t) => {
      await stage.untilFree('east', 'acme-sales', 1);
      const before = stage.routers.map((router) => router.records().length);
      await round();
      const isDecision = ({ type }: Record<string, unknown>): boolean => type === 'decision';
      const decisionsOf = () =>
        stage.routers.flatMap((router, at) => router.records().slice(before[at]).filter(isDecision));
      await waitUntil('every decision is on disk', () => decisionsOf().length === 2 * callsOfRouter);
      const decisions = decisionsOf();
      const toAnn = decisions.filter(
        ({ steps }) => (steps as readonly { destination: string }[])[0]?.destination === 'east/acme-sales',
      );
      const asFree = toAnn.filter(({ candidates }) =>
        (candidates as readonly Candidate[]).some(
          (one) => one.destination === 'east/acme-sales' && one.waitSeconds === 0,
        ),
      );
      t.equal(asFree.length, 1, `${toAnn.length} calls went there, of them as free`);
      t.equal(decisions.filter(({ failOpen }) => (failOpen as unknown[]).length > 0).length, 0);

      await stage.untilIdle();
      await waitUntil('no reservation is left in Redis', async () => {
        return (await client.keys('proffer:{*}:reserved:*')).length === 0;
      });
      for (const router of stage.routers) {
        const samples = await router.metrics();
        t.equal(sumOf(samples, 'proffer_reservations'), 0);
        t.equal(sumOf(samples, 'proffer_reservations_shared'), 0);
        t.equal(sumOf(samples, 'proffer_reservation_claims_total', { result: 'failure' }), 0);
      }
    });
  }
});
