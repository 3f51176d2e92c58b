// The lines of the decision log that a contact leaves: as a call's, with its medium.
import { toDecisionRecord } from '../decision/index.js';
import type { Decider, Decision, DecisionInput, PlainServiceInput } from '../decision/index.js';
import { mask } from '../kernel/index.js';
import type { ContactMedium } from './contact.js';

/** What the log takes. */
export interface Line {
  toJSON(): object;
}

export interface DecidedContact {
  readonly decision: Decision;
  readonly input: DecisionInput | PlainServiceInput;
  readonly decider: Decider;
  readonly source: string;
  readonly phone: string | undefined;
  readonly personalData: boolean;
  readonly decisionMs: number;
}

const thousandths = (ms: number): number => Math.round(ms * 1000) / 1000;
const isoTime = (wallMs: number): string => new Date(Math.floor(wallMs)).toISOString();

/** Becomes a line when it is written, so that the contact does not wait for its trace. */
export function decisionLine(contact: DecidedContact): Line {
  return {
    toJSON: () => {
      const { decision, input, decider, source, phone, personalData, decisionMs } = contact;
      const record = toDecisionRecord(decision, input, decider);
      return {
        type: 'decision',
        at: record.decidedAt,
        source,
        action: 'signal',
        ...(phone === undefined ? {} : { caller: personalData ? phone : mask(phone) }),
        decisionMs: thousandths(decisionMs),
        ...record,
      };
    },
  };
}

export interface LineFacts {
  readonly wallNow: number;
  readonly contactId: string;
  readonly partner: string;
  readonly medium: ContactMedium;
}

const common = ({ wallNow, contactId, partner, medium }: LineFacts) => ({
  at: isoTime(wallNow),
  decisionId: contactId,
  partner,
  medium,
});

/** Where the contact was sent; what it does there comes as exposures. */
export function outcomeLine(
  facts: LineFacts,
  { destination, offer, durationMs }: { destination: string; offer: string | undefined; durationMs: number },
): Line {
  const line = {
    type: 'outcome',
    ...common(facts),
    result: 'success',
    reason: 'signalled',
    destination,
    offer,
    durationMs: thousandths(durationMs),
  };
  return { toJSON: () => line };
}

export interface ExposureOf {
  readonly offer: string;
  readonly presentation: string;
  readonly destination: string;
}

export type ExposureEnd =
  | { readonly state: 'reserved' | 'confirmed' }
  | { readonly state: 'released'; readonly result: 'abandoned' | 'unknown' }
  /** `code`, `note`: for the disposition. */
  | {
      readonly state: 'concluded';
      readonly result: 'accepted' | 'declined';
      readonly code: string;
      readonly note: string | undefined;
    };

export function exposureLine(facts: LineFacts, of: ExposureOf, end: ExposureEnd): Line {
  const line = { type: 'exposure', ...common(facts), kind: 'web', ...of, ...end };
  return { toJSON: () => line };
}
