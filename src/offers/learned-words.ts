// What was learned of a customer in words, for traces and commands. Dates are UTC.
import type { Learned, LearnedOffer, SuppressedOffer } from './learned.js';

/** Shorter ones are told to the minute. */
const wholeDaysFromMs = 48 * 3_600_000;

/** Why an offer is not made now: `declined 2026-11-20, until 2026-12-20`, `called back from 2026-11-27 15:00 UTC`. */
export function suppressionWords({
  reason,
  at,
  until,
}: Omit<SuppressedOffer, 'propensity' | 'value'>): string {
  switch (reason) {
    case 'accepted':
      return `accepted ${day(at)}`;
    case 'held':
      return `held as of ${day(at)}`;
    case 'callback':
      return `called back from ${minute(until)}`;
    case 'declined':
    case 'presented':
      return until - at < wholeDaysFromMs
        ? `${reason} ${minute(at)}, until ${minute(until)}`
        : `${reason} ${day(at)}, until ${day(until)}`;
  }
}

/** One line an entry, those that hold no longer left out; empty when nothing is left. */
export function learnedLines(learned: Learned, wallNow: number): readonly string[] {
  if (wallNow >= learned.expiresAt) return [];
  return [
    ...learned.offers.filter((one) => wallNow < one.until).map((one) => offerLine(one, wallNow)),
    ...alertLines(learned),
  ];
}

function offerLine(one: LearnedOffer, wallNow: number): string {
  if (one.effect === 'withheld') return `${one.offerCode}: not made, ${suppressionWords(one)}`;
  const asked = `asked ${day(one.at)} to be called back`;
  return wallNow < one.from
    ? `${one.offerCode}: not made yet, ${asked} from ${minute(one.from)} until ${minute(one.until)}`
    : `${one.offerCode}: ahead of the ranking until ${minute(one.until)}, ${asked}`;
}

function alertLines({ alerts }: Learned): readonly string[] {
  if (alerts === undefined) return [];
  if (alerts.length === 0) return ['no service alert is open any more'];
  return alerts.map(({ offerCode }) => `${offerCode}: ahead of any sale, a service alert is open`);
}

function day(ms: number): string {
  return isoOf(ms).slice(0, 10);
}

function minute(ms: number): string {
  return `${isoOf(ms).slice(0, 16).replace('T', ' ')} UTC`;
}

/** A time that no calendar has is told as the number it is. */
function isoOf(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
