// Where the value of a candidate went, from propensity x value down to what it is worth.
import type { TryCallView } from '../../../../try-call/try-call-view.js';

export type Candidate = TryCallView['record']['candidates'][number];

export interface WorthParts {
  /** Propensity x value, or more where agents of skill present it; plain service has a value alone. */
  readonly gross: number;
  /** Lost since the presentation or the skill converts fewer. */
  readonly conversion: number;
  /** Lost to callers who do not stay through the wait. */
  readonly patience: number;
  readonly cost: number;
  /** What is left; 0 when the cost takes it all. */
  readonly worth: number;
}

/** Undefined when it was never valued. */
export function partsOf(row: Candidate): WorthParts | undefined {
  const { offerValue, propensity, conversion, patience, cost } = row;
  if (typeof offerValue !== 'number' || typeof row.value !== 'number') return undefined;
  const expected = offerValue * (propensity ?? 1);
  const converted = expected * (conversion ?? 1);
  // Agents of skill convert more than the propensity says.
  const gross = Math.max(expected, converted);
  const stayed = converted * (patience ?? 1);
  const taken = Math.min(stayed, cost ?? 0);
  return {
    gross,
    conversion: gross - converted,
    patience: converted - stayed,
    cost: taken,
    worth: Math.max(0, stayed - taken),
  };
}
