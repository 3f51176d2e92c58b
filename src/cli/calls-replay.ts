// Deciding a recorded call again: is it the same, and what is not.
import { replay } from '../decision/index.js';
import type { Decider, Decision, DecisionRecord } from '../decision/index.js';
import { errorMessage } from '../kernel/index.js';

export interface ReplayDifference {
  readonly what: 'arm' | 'reason' | 'offer' | 'steps' | 'candidates';
  readonly was: string;
  readonly now: string;
}

export type ReplayResult =
  | {
      readonly kind: 'replayed';
      /** Of the settings at hand. */
      readonly settingsId: string;
      readonly hasSameSettings: boolean;
      /** Empty: decided the same. */
      readonly differences: readonly ReplayDifference[];
    }
  /** These settings cannot decide it, such as for a partner that they do not hold. */
  | { readonly kind: 'impossible'; readonly settingsId: string; readonly why: string };

/** Decides the call of the record again by `decider`. */
export function replayed(record: DecisionRecord, decider: Decider): ReplayResult {
  const { settingsId } = decider;
  try {
    const differences = differencesOf(record, replay(record, decider));
    return { kind: 'replayed', settingsId, hasSameSettings: record.settingsId === settingsId, differences };
  } catch (error) {
    return { kind: 'impossible', settingsId, why: errorMessage(error) };
  }
}

interface Told {
  readonly arm: string;
  readonly reason: string;
  readonly offer: string;
  readonly steps: string;
  readonly candidates: readonly string[];
}

function differencesOf(record: DecisionRecord, decision: Decision): readonly ReplayDifference[] {
  const [was, now] = [toldOf(record), toldOf(decidedOf(decision))];
  const fields = (['arm', 'reason', 'offer', 'steps'] as const).flatMap((what) =>
    was[what] === now[what] ? [] : [{ what, was: was[what], now: now[what] }],
  );
  const gone = was.candidates.filter((one) => !now.candidates.includes(one));
  const come = now.candidates.filter((one) => !was.candidates.includes(one));
  if (gone.length === 0 && come.length === 0) return fields;
  return [...fields, { what: 'candidates', was: shortened(gone), now: shortened(come) }];
}

function shortened(candidates: readonly string[]): string {
  if (candidates.length === 0) return 'none';
  const shown = candidates.slice(0, 4).join('; ');
  return candidates.length > 4 ? `${shown} and ${candidates.length - 4} more` : shown;
}

type Telling = Pick<DecisionRecord, 'arm' | 'reason' | 'offer' | 'steps' | 'candidates'>;

function decidedOf({ arm, reason, offer, steps, candidates }: Decision): Telling {
  return {
    arm,
    reason,
    ...(offer === undefined ? {} : { offer }),
    steps: steps.map(({ target, offer: shown }) => ({
      destination: target.kind === 'destination' ? target.destination.id : 'overflow',
      ...(shown === undefined ? {} : { offer: shown.offerCode }),
    })),
    candidates,
  };
}

function toldOf({ arm, reason, offer, steps, candidates }: Telling): Told {
  return {
    arm,
    reason,
    offer: offer === undefined ? 'no offer' : `${offer.offerCode} by ${offer.presentation}`,
    steps: steps
      .map(({ destination, offer: code }) =>
        code === undefined ? destination : `${destination} with ${code}`,
      )
      .join(', '),
    candidates: candidates.map((row) => {
      const at = row.destination === undefined || row.destination === '' ? '' : ` at ${row.destination}`;
      const what = `${row.offerCode ?? 'plain service'}${at}`;
      return row.removedBy === undefined ? `${what} ${worth(row.value)}` : `${what} out by ${row.removedBy}`;
    }),
  };
}

/** To 6 decimals, as records have it. */
function worth(value: number | null | undefined): string {
  return value === undefined || value === null || !Number.isFinite(value)
    ? '-'
    : String(Math.round(value * 1e6) / 1e6);
}

/** A sentence on the result, and a line for each difference. */
export function replayLines(result: ReplayResult, recorded: string | undefined): readonly string[] {
  const { settingsId } = result;
  if (result.kind === 'impossible')
    return [`cannot be decided by the settings at hand (${settingsId}): ${result.why}`];
  const { differences, hasSameSettings } = result;
  const changed = `the settings changed: ${recorded ?? 'unknown'} then, ${settingsId} now`;
  if (differences.length === 0) {
    return [
      hasSameSettings ? `the same, by the same settings (${settingsId})` : `the same, though ${changed}`,
    ];
  }
  const head = hasSameSettings
    ? `not the same, though the settings are (${settingsId}): another Proffer decided then`
    : `not the same; ${changed}`;
  return [
    head,
    ...differences.flatMap(({ what, was, now }) => [
      `  ${what.padEnd(10)}  was  ${was}`,
      `  ${' '.repeat(10)}  now  ${now}`,
    ]),
  ];
}
