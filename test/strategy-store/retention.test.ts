import t from 'tap';
import { sweepable } from '../../src/strategy-store/retention.js';
import type { GenerationInfo, GenerationState } from '../../src/strategy-store/index.js';

interface One {
  readonly n: number;
  readonly state?: GenerationState;
  readonly retiredAt?: number;
  readonly partner?: string;
  readonly keepRetired?: number;
}

function info({ n, state = 'retired', retiredAt, partner = 'acme', keepRetired }: One): GenerationInfo {
  const keep = keepRetired === undefined ? {} : { keepRetired };
  const generation = { generation: n, partner, ...keep } as GenerationInfo['generation'];
  return { generation, state, retiredAt };
}

const numbers = (all: readonly One[], now = 1000, graceMs = 60) =>
  sweepable(all.map(info), { now, graceMs }).map((one) => one.generation.generation);

t.test('the latest that were replaced are kept, as many as the current generation says', (t) => {
  const retired: One[] = [
    { n: 1, retiredAt: 100 },
    { n: 2, retiredAt: 300 },
    { n: 3, retiredAt: 200 },
  ];
  const current = (keepRetired?: number): One => ({
    n: 4,
    state: 'current',
    ...(keepRetired === undefined ? {} : { keepRetired }),
  });
  t.same(numbers([...retired, current()]), [3, 1], 'one by default, by when it was replaced');
  t.same(numbers([...retired, current(0)]), [2, 3, 1]);
  t.same(numbers([...retired, current(2)]), [1]);
  t.same(numbers([...retired, current(5)]), []);
  t.same(numbers(retired), [3, 1], 'without a current one too');
  t.end();
});

t.test('nothing is removed within its grace, nor what is loading or another partner keeps', (t) => {
  const all: One[] = [
    { n: 1, retiredAt: 941 },
    { n: 2, retiredAt: 950 },
    { n: 3, state: 'current', keepRetired: 0 },
    { n: 4, state: 'loading' },
    { n: 5, retiredAt: 10, partner: 'borealis' },
    { n: 6, state: 'current', partner: 'borealis' },
  ];
  t.same(numbers(all), []);
  t.same(numbers(all, 1001), [1]);
  t.same(numbers(all, 1010), [2, 1]);
  t.end();
});
