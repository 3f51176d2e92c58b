// Generations as a table for people.
import { textTable } from '../kernel/index.js';
import { ageOf } from '../strategy-store/index.js';
import type { GenerationInfo } from '../strategy-store/index.js';

const columns = [
  { head: 'PARTNER' },
  { head: 'GENERATION', isNumber: true },
  { head: 'STATE' },
  { head: 'CREATED' },
  { head: 'AGE', isNumber: true },
  { head: 'MAX AGE', isNumber: true },
  { head: 'STRATEGIES', isNumber: true },
  { head: 'NUMBERS', isNumber: true },
  { head: 'SHARED', isNumber: true },
  { head: 'BYTES', isNumber: true },
  { head: 'OFFERS', isNumber: true },
  { head: 'CONTENT' },
  { head: 'RUN' },
];

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `40 s`, `12 min`, `3.2 h`, `48 h`, `12 d`. */
export function durationWords(ms: number): string {
  if (ms < 2 * minuteMs) return `${Math.round(ms / 1000)} s`;
  if (ms < 2 * hourMs) return `${Math.round(ms / minuteMs)} min`;
  if (ms < 4 * dayMs) return `${(ms / hourMs).toFixed(1).replace('.0', '')} h`;
  return `${Math.round(ms / dayMs)} d`;
}

/** By partner, the latest first. @param wallNow milliseconds since the Unix epoch */
export function generationLines(rows: readonly GenerationInfo[], wallNow: number): readonly string[] {
  const sorted = rows.toSorted(
    ({ generation: a }, { generation: b }) =>
      a.partner.localeCompare(b.partner) || b.generation - a.generation,
  );
  return textTable(
    columns,
    sorted.map((one) => cells(one, wallNow)),
  );
}

function cells({ generation, state }: GenerationInfo, wallNow: number): readonly string[] {
  const { ageMs, maxAgeMs, isOutdated } = ageOf(generation, wallNow);
  const maxAge = maxAgeMs === undefined ? '-' : durationWords(maxAgeMs);
  return [
    generation.partner,
    String(generation.generation),
    state === 'current' && isOutdated ? 'current, outdated' : state,
    new Date(generation.createdAt).toISOString().slice(0, 16).replace('T', ' '),
    durationWords(ageMs),
    maxAge,
    count(generation.strategies),
    count(generation.phones),
    count(generation.sharedPhones),
    count(generation.recordBytes),
    count(generation.offers.length),
    generation.contentHash.slice(0, 12),
    generation.runId ?? '-',
  ];
}

function count(number: number): string {
  return number.toLocaleString('en');
}
