// What explaining one call comes down to, for `proffer explain` and POST /v1/try-call alike: who calls whom by which trunk, the
// decision, and everything there is to say of it. Nothing of it looks anything up or changes anything.
import { findPartner, identifyCaller } from '../calls/index.js';
import type { PartnerDirectory } from '../calls/index.js';
import type { Board } from '../callcenter/index.js';
import type { Partner, Settings, Trunk } from '../config/index.js';
import { seedOf, toDecisionRecord } from '../decision/index.js';
import type { Decider, DecisionInput, Identity } from '../decision/index.js';
import type { ExplainedCall } from '../console/index.js';
import { AppError } from '../kernel/index.js';
import type { StrategyLookup } from '../offers/index.js';
import { candidateNotes, explainNotes } from './explain-notes.js';
import { ctiData, inWords, isChosen } from './explain-text.js';
import type { Explanation, StrategyOrigin } from './explain-text.js';

export interface CallQuestion {
  readonly from: string;
  readonly to: string;
  /** Counts on a trusted trunk. */
  readonly assertedIdentity?: string | undefined;
  /** Default: the first one. */
  readonly trunk?: string | undefined;
  /** Whose place among equals, 0 up to 1; default by the number of the caller. */
  readonly seed?: number | undefined;
}

/** Thrown when a question names something that the settings do not hold. */
export class ExplainError extends AppError {
  constructor(
    readonly field: string,
    readonly problem: string,
  ) {
    super('CLI_EXPLAIN', `${field}: ${problem}`, { fields: { field } });
  }
}

/** A call that nobody placed. */
export interface AskedCall {
  readonly trunk: Trunk;
  readonly identity: Identity;
  readonly partner: Partner;
  readonly seed: number;
}

/** @throws ExplainError */
export function askedCall(
  question: CallQuestion,
  { settings, partners }: { readonly settings: Settings; readonly partners: PartnerDirectory },
): AskedCall {
  const trunk = trunkOf(settings, question.trunk);
  const identity = identityOf(question, trunk);
  const partner = partnerOf(question.to, trunk, { settings, partners });
  // A call from the same number has the same place among equals.
  const seed = question.seed ?? (identity.kind === 'number' ? seedOf(identity.phone) : 0.5);
  return { trunk, identity, partner, seed };
}

function trunkOf(settings: Settings, id: string | undefined): Trunk {
  const { trunks } = settings.trunks;
  const trunk = id === undefined ? trunks[0] : trunks.find((one) => one.trunk === id);
  if (trunk !== undefined) return trunk;
  throw new ExplainError(
    'trunk',
    `there is no ${id ?? ''}; there are ${trunks.map((one) => one.trunk).join(', ')}`,
  );
}

/** A number or URI as a header would carry it. */
function headerOf(text: string): string {
  return /^<|^(sips?|tel):/i.test(text) ? text : `<sip:${text.replace(/[\s()]/g, '')}@caller.invalid>`;
}

function identityOf(question: CallQuestion, trunk: Trunk): Identity {
  const assertedIdentity =
    question.assertedIdentity === undefined ? undefined : headerOf(question.assertedIdentity);
  return identifyCaller({ from: headerOf(question.from), assertedIdentity, privacy: undefined }, trunk);
}

function partnerOf(
  to: string,
  trunk: Trunk,
  { settings, partners }: { readonly settings: Settings; readonly partners: PartnerDirectory },
): Partner {
  const requestUri = headerOf(to).replace(/^<|>$/g, '');
  const { partner } = findPartner(partners, { requestUri, to: undefined }, trunk.country);
  if (partner !== undefined) return partner;
  const known = settings.partners.partners.flatMap((one) => one.dialledNumbers);
  const shown = known.slice(0, 5).join(', ') + (known.length > 5 ? `, and ${known.length - 5} more` : '');
  throw new ExplainError('to', `${to} reaches no partner (a call gets 404); the settings know ${shown}`);
}

/** Everything that the decision on an asked call is made from and told by. */
export interface ExplainFacts {
  readonly question: CallQuestion;
  readonly call: AskedCall;
  readonly settings: Settings;
  readonly decider: Decider;
  readonly lookup: StrategyLookup;
  /** What the look-up said and where. */
  readonly store: string;
  readonly board: Board;
  readonly boardWords: string;
  /** Clock.now(), for the age of the board. */
  readonly now: number;
  readonly divertedShare: number;
  readonly originOf: (partner: string, generation: number) => Promise<StrategyOrigin | undefined>;
}

export interface Explained {
  readonly explanation: Explanation;
  readonly input: DecisionInput;
  /** As JSON has it. */
  readonly json: ExplainedCall;
}

/** Decides and tells. The decision is made, and its trace read, before anything is waited for. */
export async function explainCall(facts: ExplainFacts): Promise<Explained> {
  const { question, call, settings, decider, lookup, board, now, divertedShare } = facts;
  const { partner, identity, seed, trunk } = call;
  const input: DecisionInput = {
    decisionId: 'dry-run',
    partner: partner.partner,
    identity,
    lookup,
    board,
    divertedShare,
    now,
    seed,
  };
  const decision = decider.decide(input);
  const record = toDecisionRecord(decision, input, decider);
  const told = {
    from: question.from,
    to: question.to,
    trunk: trunk.trunk,
    identity,
    partner: partner.partner,
    partnerName: partner.name,
    store: facts.store,
    board: facts.boardWords,
    notes: explainNotes(settings, partner, { destinations: decider.destinations, board }),
    decision,
  };
  const { gates, candidates, generation } = decision;
  const origin = generation === undefined ? undefined : await facts.originOf(partner.partner, generation);
  const explanation: Explanation = { ...told, origin };
  const { notes, ...asked } = told;
  const json: ExplainedCall = {
    from: asked.from,
    to: asked.to,
    trunk: asked.trunk,
    action: trunk.action,
    partner: asked.partner,
    partnerName: asked.partnerName,
    identity,
    store: asked.store,
    board: asked.board,
    maintenance: notes.maintenance,
    affiliates: notes.affiliates,
    notes: candidateNotes(candidates, notes).map((line) => line.trim()),
    words: inWords(explanation),
    reason: decision.reason,
    arm: decision.arm,
    gates,
    chosen: candidates.findIndex((row) => isChosen(decision, row)),
    steps: decision.steps.map((step) => ({
      destination: step.target.kind === 'destination' ? step.target.destination.id : 'overflow',
      uri: step.target.kind === 'destination' ? step.target.destination.uri : step.target.uri,
      ...(step.offer === undefined
        ? {}
        : { offer: step.offer.offerCode, presentation: step.offer.presentation }),
      ctiData: ctiData(decision, step),
    })),
    record,
    origin,
  };
  return { explanation, input, json };
}
