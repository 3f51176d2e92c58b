// What POST /v1/try-call does in a running router: a dry run on its decider, its store and its board, which leaves all of them as they
// are. Bounded in number and time, so that people who look never weigh on calls.
import type { Board } from '../callcenter/index.js';
import type { CallRouter } from '../calls/index.js';
import type { Environment, Settings } from '../config/index.js';
import type { TriedCall, TryCallOperations, TryCallResult } from '../console/index.js';
import { createDecider } from '../decision/index.js';
import type { Decider, Identity } from '../decision/index.js';
import { AppError, withDeadline } from '../kernel/index.js';
import type { Clock } from '../kernel/index.js';
import type { StrategyLookup } from '../offers/index.js';
import type { StrategyStore } from '../strategy-store/index.js';
import { allUpBoard, chosenBoard } from './explain-board.js';
import { askedCall, explainCall, ExplainError } from './explain-call.js';
import { originOf } from './report-files.js';

export interface TryCallParts {
  readonly router: Pick<CallRouter, 'plan' | 'settings' | 'divertedShare' | 'lookAtBoard'>;
  readonly store: Pick<StrategyStore, 'describe'> & {
    readonly reader: Pick<StrategyStore['reader'], 'preview'>;
  };
  readonly environment: Pick<Environment, 'dataDir'>;
  readonly clock: Clock;
}

/** Thrown when the store did not answer a person in time. */
class TryCallTooSlowError extends AppError {
  constructor() {
    super('TRY_CALL_TOO_SLOW', `the strategy store did not answer within ${deadlineMs} ms; try again`);
  }
}

/** At once; the next is told to come again. */
const maxAtOnce = 4;
const deadlineMs = 3000;

const touched = [
  'cool-offs, callbacks and service alerts that were learned of the customer count as of the time asked for',
  'the strategies are as old as they would be then, for their maxAge',
  'agents, queues, centres, skill levels and the diversion cap are those of now: nobody knows them of another time',
];

export function tryCallOperations(parts: TryCallParts): TryCallOperations {
  const others = new OtherDeciders();
  let running = 0;
  return {
    choices: () => choicesOf(parts.router),
    tryCall: async (call, mayTry) => {
      if (running >= maxAtOnce) return { kind: 'busy' };
      running += 1;
      try {
        const work = tried({ ...parts, others }, call, mayTry);
        return await withDeadline(parts.clock, deadlineMs, work, () => new TryCallTooSlowError());
      } catch (error) {
        if (error instanceof ExplainError) return { kind: 'unknown', message: error.message };
        if (error instanceof TryCallTooSlowError) return { kind: 'too-slow', message: error.message };
        throw error;
      } finally {
        running -= 1;
      }
    },
  };
}

/**
 * Deciders for boards that somebody made up. A decider keeps what it worked out of the last board, and the next call is not to pay for
 * another one; so these are others than the router's, by the same settings, made when they are first needed.
 */
class OtherDeciders {
  readonly #bySettings = new WeakMap<Settings, Decider>();

  of(settings: Settings): Decider {
    const known = this.#bySettings.get(settings);
    if (known !== undefined) return known;
    const decider = createDecider(settings);
    this.#bySettings.set(settings, decider);
    return decider;
  }
}

async function tried(
  { router, store, environment, clock, others }: TryCallParts & { readonly others: OtherDeciders },
  question: TriedCall,
  mayTry: (partner: string) => boolean,
): Promise<TryCallResult> {
  const { plan } = router;
  const { settings } = plan;
  const call = askedCall(question, { settings, partners: plan.partners });
  if (!mayTry(call.partner.partner)) return { kind: 'other-partner' };
  // Refused before anything is looked up.
  if (typeof question.board === 'object') madeUpBoard(question.board, plan.decider, clock);
  const wallNow = clock.wallNow();
  const at = question.at ?? wallNow;
  const { identity } = call;
  const { lookup, words } = await lookUp(store, { partner: call.partner.partner, identity, at, clock });
  const isLive = question.board === 'live';
  const decider = isLive ? plan.decider : others.of(settings);
  const board = boardOf(question.board, { router, decider, clock });
  const { json } = await explainCall({
    question,
    call,
    settings,
    decider,
    lookup,
    store: words === undefined ? 'not looked up' : `${words}, ${store.describe()}`,
    board: { ...board, takenAtWall: at },
    boardWords: boardWords(question.board),
    now: board.takenAt,
    divertedShare: isLive ? router.divertedShare : 0,
    originOf: (partner, generation) => originOf(environment.dataDir, partner, generation),
  });
  const atTouches = question.at === undefined ? [] : touched;
  return { kind: 'decided', call: { ...json, at: new Date(at).toISOString(), atTouches } };
}

interface Asked {
  readonly partner: string;
  readonly identity: Identity;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly clock: Clock;
}

async function lookUp(
  { reader }: TryCallParts['store'],
  { partner, identity, at, clock }: Asked,
): Promise<{ readonly lookup: StrategyLookup; readonly words: string | undefined }> {
  if (identity.kind !== 'number') return { lookup: { kind: 'miss' }, words: undefined };
  const started = clock.now();
  const lookup = await reader.preview(partner, identity.phone, at);
  return { lookup, words: `${lookup.kind}, ${(clock.now() - started).toFixed(1)} ms` };
}

function boardOf(
  board: TriedCall['board'],
  { router, decider, clock }: Pick<TryCallParts, 'router' | 'clock'> & { readonly decider: Decider },
): Board {
  if (board === 'live') return router.lookAtBoard();
  if (board === 'all-up')
    return allUpBoard(decider.destinations, { now: clock.now(), wallNow: clock.wallNow() });
  return madeUpBoard(board, decider, clock);
}

/** @throws ExplainError */
function madeUpBoard(
  board: Exclude<TriedCall['board'], string>,
  { destinations }: Decider,
  clock: Clock,
): Board {
  const times = { now: clock.now(), wallNow: clock.wallNow() };
  const content: Record<string, unknown> = { ...board };
  return chosenBoard(content, destinations, times, (problem) => {
    const at = problem.indexOf(': ');
    return new ExplainError(`board.${problem.slice(0, at)}`, problem.slice(at + 2));
  });
}

function boardWords(board: TriedCall['board']): string {
  if (board === 'live') return 'live, as it is now';
  return board === 'all-up' ? 'all centres up, all agents and ports free' : 'as chosen; the rest up and free';
}

function choicesOf({ plan }: TryCallParts['router']): ReturnType<TryCallOperations['choices']> {
  const { trunks, partners } = plan.settings;
  return {
    trunks: trunks.trunks.map(({ trunk, trusted, action }) => ({ trunk, trusted, action })),
    partners: partners.partners.map(({ partner, name, dialledNumbers }) => ({
      partner,
      name,
      dialledNumbers,
    })),
    destinations: plan.decider.destinations.map(({ id, kind, centre, servers }) => ({
      destination: id,
      // Of calls: no page and no queue of another system is among them.
      kind: kind === 'ivr' ? 'ivr' : 'queue',
      centre,
      servers,
    })),
  };
}
