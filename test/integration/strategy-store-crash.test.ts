// A loader that is killed while it publishes: what serves is whole at any moment, and the next load cleans up.
import t from 'tap';
import {
  CUSTOMERS,
  loadRun,
  LOCK_TTL_MS,
  publishRun,
  ReaderInService,
  wholeRun,
} from '../support/store-proofs.js';
import { storePlaces } from '../support/store-places.js';
import { openUncached, until } from '../support/strategies.js';

t.setTimeout(300_000);

const ROUNDS = 9;

const { places } = await storePlaces(t, 'killed');

for (const [name, at] of places) {
  t.test(
    `${name}: a loader that is killed at any moment leaves a whole generation, and the next load cleans up`,
    async (t) => {
      const store = await openUncached(at, { graceMs: 0, lockTtlMs: LOCK_TTL_MS });
      t.teardown(() => store.close());
      await publishRun(store, 1);
      const wholeMs = await loadRun(at, 2);
      await until(async () => (await wholeRun(store)) === 2);
      const reader = new ReaderInService(store, CUSTOMERS);
      let served = 2;
      let killedInMidst = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const run = 10 + round;
        await loadRun(at, run, (wholeMs * round) / ROUNDS);
        const now = await wholeRun(store);
        t.ok(now === served || now === run, `run ${now} serves, whole`);
        served = now;
        const states = (await store.writer.generations()).map((one) => one.state);
        if (states.includes('loading')) killedInMidst += 1;
        t.equal(states.filter((state) => state === 'current').length, 1);
        if (round % 3 !== 2) continue;
        served = 100 + round;
        await publishRun(store, served);
        await until(async () => (await wholeRun(store)) === served);
        t.notOk(
          (await store.writer.generations()).some((one) => one.state === 'loading'),
          'nothing is left over',
        );
      }
      await reader.stop();
      t.same(reader.wrong, [], `of ${reader.lookups} look-ups meanwhile`);
      t.ok(killedInMidst > 0, `${killedInMidst} of ${ROUNDS} were killed while they wrote`);
    },
  );
}
