// The way back: a generation that was replaced is kept, swapped back in as a whole under reads, dropped when nobody needs it.
import t from 'tap';
import { GenerationStateError } from '../../src/strategy-store/index.js';
import type { StrategyStore } from '../../src/strategy-store/index.js';
import { storePlaces } from '../support/store-places.js';
import { batchOf, openUncached, phoneAt, runRows, until } from '../support/strategies.js';

t.setTimeout(300_000);

const CUSTOMERS = 3000;

const { places } = await storePlaces(t);

async function customerAt(store: StrategyStore, index: number): Promise<string> {
  const lookup = await store.reader.lookup('acme', phoneAt(index));
  return lookup.kind === 'hit' ? lookup.strategy.customer : JSON.stringify(lookup);
}

async function states(store: StrategyStore, partner = 'acme'): Promise<Record<number, string>> {
  const all = await store.writer.generations();
  return Object.fromEntries(
    all
      .filter((one) => one.generation.partner === partner)
      .map((one) => [one.generation.generation, one.state]),
  );
}

async function publish(store: StrategyStore, run: number, keepRetired?: number): Promise<number> {
  const { generation } = await store.writer.publish('acme', runRows(run, CUSTOMERS), undefined, {
    keepRetired,
  });
  return generation.generation;
}

for (const [name, at] of places) {
  t.test(`${name}: an old generation is swapped back in for every reader, and back again`, async (t) => {
    const store = await openUncached(at);
    const loader = await openUncached(at);
    t.teardown(async () => {
      await store.close();
      await loader.close();
    });
    const first = await publish(loader, 1);
    const second = await publish(loader, 2);
    await until(async () => (await customerAt(store, 5)) === 'R2-000005');
    const wrong: string[] = [];
    const reads = { isOver: false };
    const reading = (async () => {
      for (let index = 0; !reads.isOver; index = (index + 97) % CUSTOMERS) {
        const customer = await customerAt(store, index);
        if (!new RegExp(`^R[12]-0*${index}$`).test(customer)) wrong.push(customer);
        await new Promise(setImmediate);
      }
    })();
    t.equal((await loader.writer.makeCurrent('acme', first)).generation, first);
    t.same(await states(loader), { [first]: 'current', [second]: 'retired' });
    await until(async () => (await customerAt(store, 5)) === 'R1-000005');
    await loader.writer.makeCurrent('acme', second);
    await until(async () => (await customerAt(store, 5)) === 'R2-000005');
    reads.isOver = true;
    await reading;
    t.same(wrong, [], 'no look-up failed or saw anything else meanwhile');
  });

  t.test(`${name}: what is not a retired generation of the partner is refused, by both`, async (t) => {
    const store = await openUncached(at, { graceMs: 0 });
    t.teardown(() => store.close());
    const [retired, current] = Object.keys(await states(store)).map(Number);
    const other = await store.writer.begin('borealis', { offers: ['ACME-PLATINUM'] });
    other.addBatch(batchOf([...runRows(1, 10)], ['ACME-PLATINUM']));
    const { generation: borealis } = await other.commit();
    const refused: [() => Promise<unknown>, RegExp][] = [
      [() => store.writer.makeCurrent('acme', current!), /is current already/],
      [() => store.writer.makeCurrent('acme', borealis), /is of borealis/],
      [() => store.writer.makeCurrent('acme', 99_999), /is not there/],
      [() => store.writer.drop('acme', current!), /is current; swap another one in first/],
      [() => store.writer.drop('acme', borealis), /is of borealis/],
      [() => store.writer.drop('acme', 99_999), /is not there/],
    ];
    for (const [work, message] of refused)
      await t.rejects(work(), { code: 'STRATEGY_GENERATION_STATE', message });
    const holder = await store.writer.begin('acme');
    await t.rejects(store.writer.makeCurrent('acme', retired!), { code: 'STRATEGY_LOAD_IN_PROGRESS' });
    await t.rejects(store.writer.drop('acme', retired!), { code: 'STRATEGY_LOAD_IN_PROGRESS' });
    await holder.abort();
    t.match(await store.writer.drop('acme', retired!), { generation: retired });
    t.same(await states(store), { [current!]: 'current' });
    t.equal(await customerAt(store, 7), 'R2-000007');
  });

  t.test(`${name}: as many are kept as the current generation says`, async (t) => {
    const store = await openUncached(at, { graceMs: 0 });
    t.teardown(() => store.close());
    const numbers = [await publish(store, 3), await publish(store, 4), await publish(store, 5, 2)];
    await store.writer.sweep();
    t.same(await states(store), {
      [numbers[0]!]: 'retired',
      [numbers[1]!]: 'retired',
      [numbers[2]!]: 'current',
    });
    const last = await publish(store, 6, 0);
    await store.writer.sweep();
    t.same(await states(store), { [last]: 'current' });
    await t.rejects(store.writer.makeCurrent('acme', numbers[2]!), GenerationStateError);
  });

  t.test(`${name}: options that cannot be kept are refused before anything is locked`, async (t) => {
    const store = await openUncached(at);
    t.teardown(() => store.close());
    const bad: [object, RegExp][] = [
      [{ offers: ['A', 'A'] }, /name one twice/],
      [{ offers: ['A B'] }, /no code of an offer/],
      [{ maxAgeMs: 0 }, /maxAgeMs/],
      [{ keepRetired: 6 }, /from 0 to 5/],
      [{ runId: 'a\nb' }, /printable/],
    ];
    for (const [options, message] of bad)
      await t.rejects(store.writer.begin('acme', options), { code: 'STRATEGY_PUBLICATION_OPTIONS', message });
    await (await store.writer.begin('acme')).abort();
  });
}
