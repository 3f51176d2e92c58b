// Strategies and generations as tables for people.
import Table from 'cli-table3';
import { learnedLines } from '../offers/index.js';
import type { Strategy } from '../offers/index.js';
import { FLAG_NAMES } from '../strategy-store/index.js';
import type { FoundStrategy, Generation } from '../strategy-store/index.js';
import type { LearnedStrategy } from './learned-strategy.js';

const head = { head: [] as string[], border: [] as string[] };

/** What was published, one row a generation. */
export function generationTable(generations: readonly Generation[]): string {
  const table = new Table({
    head: ['Partner', 'Generation', 'Created', 'Strategies', 'Numbers', 'Shared', 'Bytes/number', 'Content'],
    style: head,
    colAligns: ['left', 'right', 'left', 'right', 'right', 'right', 'right'],
  });
  for (const generation of generations) {
    table.push([
      generation.partner,
      String(generation.generation),
      isoSeconds(generation.createdAt),
      String(generation.strategies),
      String(generation.phones),
      String(generation.sharedPhones),
      (generation.recordBytes / Math.max(1, generation.phones)).toFixed(1),
      generation.contentHash.slice(0, 12),
    ]);
  }
  return table.toString();
}

/** One stored number: who it is, the flags, and the offers in rank order. */
export function strategyText(found: FoundStrategy): string {
  if (found.kind === 'corrupt') return `${found.phone} at ${found.partner}: unreadable, ${found.reason}`;
  if (found.kind === 'ambiguous') {
    return [
      `${found.phone} at ${found.partner} is shared by ${found.customers.length} customers (generation ${found.generation})`,
      ...found.customers.map((customer) => `  ${customer}`),
      'no customer-specific offer is made before digits single one out',
    ].join('\n');
  }
  const { strategy } = found;
  const title =
    `${found.phone} at ${strategy.partner} is customer ${strategy.customer} ` +
    `(generation ${strategy.generation}, flags: ${flagWords(strategy)}` +
    `${strategy.arm === undefined ? '' : `, ${strategy.arm} arm`})`;
  return `${title}\n${offerTable(strategy)}`;
}

/** What was learned of the customer since the ranking, and how the strategy looks with it. */
export function learnedText(
  ranked: Strategy,
  { learned, strategy }: LearnedStrategy,
  wallNow: number,
): string {
  const lines = learnedLines(learned, wallNow).map((line) => `  ${line}`);
  if (lines.length === 0) return 'nothing that was learned of the customer holds any more';
  const head = ['learned since the ranking:', ...lines].join('\n');
  return strategy === ranked
    ? `${head}\nwhich changes nothing of the strategy`
    : `${head}\nthe strategy with it (flags: ${flagWords(strategy)}):\n${offerTable(strategy)}`;
}

function flagWords({ flags }: Strategy): string {
  const set = FLAG_NAMES.filter((name) => flags[name]);
  return set.length === 0 ? 'none' : set.join(', ');
}

function offerTable(strategy: Strategy): string {
  if (strategy.offers.length === 0) return 'no eligible offer';
  const table = new Table({
    head: ['Rank', 'Offer', 'Propensity', 'Value', 'Expected value'],
    style: head,
    colAligns: ['right', 'left', 'right', 'right', 'right'],
  });
  for (const [index, offer] of strategy.offers.entries()) {
    table.push([
      String(index + 1),
      offer.offerCode,
      offer.propensity.toPrecision(3),
      offer.value.toFixed(2),
      (offer.propensity * offer.value).toFixed(2),
    ]);
  }
  return table.toString();
}

function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
