// A simulated day, 10,000 calls, under three ways to route them; the same callers in each. Run: npm run bench:day
// Prints the table of docs/routing.md and draws docs/pictures/simulated-day.svg.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { textTable } from '../../src/kernel/index.js';
import { repositoryRoot } from '../support/repository-root.js';
import { dayBusiness } from './day/business.js';
import { callsOfDay } from './day/calls.js';
import { interval } from './day/interval.js';
import { dayPicture } from './day/picture.js';
import { ours, policies } from './day/policies.js';
import { SimulatedDay } from './day/simulate.js';
import type { DayResult } from './day/simulate.js';
import type { Interval } from './day/interval.js';

const callCount = 10_000;
const days = 20;

const settings = dayBusiness();
/** The same business that lets callers wait no longer than this for any offer, in seconds. */
const shortCap = 20;
const { offers } = settings.offers;
const capped = {
  ...settings,
  offers: { ...settings.offers, offers: offers.map((one) => ({ ...one, waitCapSeconds: shortCap })) },
};
const started = process.hrtime.bigint();
const results: DayResult[][] = policies.map(() => []);
const cappedResults: DayResult[] = [];
for (let day = 1; day <= days; day++) {
  const calls = callsOfDay(callCount, day);
  policies.forEach((policy, i) => results[i]?.push(new SimulatedDay(settings, calls).run(policy)));
  cappedResults.push(new SimulatedDay(capped, calls).run(ours));
}

interface Measure {
  readonly name: string;
  readonly of: (result: DayResult) => number;
  readonly digits: number;
}

const measures: readonly Measure[] = [
  { name: 'VALUE', of: (one) => one.value, digits: 0 },
  { name: 'WAIT s', of: (one) => one.meanWaitSeconds, digits: 1 },
  { name: 'ABANDONED %', of: (one) => one.abandoned * 100, digits: 2 },
  { name: 'OFFERED %', of: (one) => one.presented * 100, digits: 1 },
];

function words({ mean, half }: Interval, digits: number): string {
  return `${mean.toFixed(digits)} ± ${half.toFixed(digits)}`;
}

const ourResults = results.at(-1) ?? [];
const rowOf = (name: string, all: readonly DayResult[]): string[] => [
  name,
  ...measures.map(({ of, digits }) => words(interval(all.map(of)), digits)),
];
const rows = [
  ...policies.map(({ name }, i) => rowOf(name, results[i] ?? [])),
  rowOf(`Proffer, waitCapSeconds ${shortCap}`, cappedResults),
];
const differences = policies
  .slice(0, -1)
  .map(({ name }, i) => [
    `Proffer minus ${name}`,
    ...measures.map(({ of, digits }) =>
      words(interval(ourResults.map((one, day) => of(one) - of(results[i]?.[day] ?? one))), digits),
    ),
  ]);
const head = ['POLICY', ...measures.map(({ name }) => name)].map((name, i) => ({
  head: name,
  isNumber: i > 0,
}));
const seconds = Number(process.hrtime.bigint() - started) / 1e9;
process.stdout.write(
  `${callCount} calls a day, mean of ${days} days and its 95 % interval, ${seconds.toFixed(1)} s\n\n` +
    `${textTable(head, [...rows, ...differences]).join('\n')}\n`,
);

const file = join(repositoryRoot, 'docs', 'pictures', 'simulated-day.svg');
writeFileSync(file, dayPicture(policies.map(({ name }, i) => ({ name, days: results[i] ?? [] }))));
process.stdout.write(`\nwrote ${file}\n`);
