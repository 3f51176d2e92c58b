// The flags of a customer as bits. One frozen object for each combination, shared by every strategy that has it.
import type { StrategyFlags } from '../../offers/index.js';

/** Names of the flags, by bit. The order is part of the record format. */
export const FLAG_NAMES = [
  'optOut',
  'serviceAlert',
  'hardship',
  'fraud',
  'complaint',
  'affiliateOptOut',
] as const;

export type FlagName = (typeof FLAG_NAMES)[number];

const combinations: readonly StrategyFlags[] = Array.from({ length: 1 << FLAG_NAMES.length }, (_, bits) =>
  Object.freeze({
    optOut: (bits & 1) !== 0,
    serviceAlert: (bits & 2) !== 0,
    hardship: (bits & 4) !== 0,
    fraud: (bits & 8) !== 0,
    complaint: (bits & 16) !== 0,
    affiliateOptOut: (bits & 32) !== 0,
  }),
);

export const noFlags: StrategyFlags = flagsFromBits(0);

export function flagBits(flags: StrategyFlags): number {
  let bits = 0;
  for (let bit = 0; bit < FLAG_NAMES.length; bit++) {
    const name = FLAG_NAMES[bit];
    if (name !== undefined && flags[name]) bits |= 1 << bit;
  }
  return bits;
}

export function flagsFromBits(bits: number): StrategyFlags {
  const flags = combinations[bits & (combinations.length - 1)];
  if (flags === undefined) throw new RangeError(`no flags ${bits}`);
  return flags;
}

/** Flags from the names that are set. */
export function flagsFromNames(names: Iterable<FlagName>): StrategyFlags {
  let bits = 0;
  for (const name of names) bits |= 1 << FLAG_NAMES.indexOf(name);
  return flagsFromBits(bits);
}
