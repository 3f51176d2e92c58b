// What the API under /v1/generations does with the strategy store of a running router. What reads a whole generation runs in a process of
// its own, one at a time.
import type { Environment, Settings } from '../config/index.js';
import type {
  Audit,
  CompareResult,
  GenerationsOperations,
  GenerationView,
  PublicationView,
  PublishResult,
} from '../console/index.js';
import { errorMessage, TimerSet } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { ageOf } from '../strategy-store/index.js';
import type { GenerationInfo, StrategyStore } from '../strategy-store/index.js';
import type { GenerationJobEnd } from './generation-job.js';
import type { GenerationJobs } from './generation-jobs.js';

export interface GenerationsParts {
  readonly store: Pick<StrategyStore, 'describe'> & {
    readonly writer: Pick<StrategyStore['writer'], 'generations'>;
    readonly reader: Pick<StrategyStore['reader'], 'ages'>;
  };
  readonly jobs: GenerationJobs;
  /** Longest that a request waits for a publication; then the list tells. Default 10,000. */
  readonly answerWithinMs?: number;
  readonly settings: Pick<Settings, 'process'>;
  readonly environment: Pick<Environment, 'dataDir' | 'redisUrl'>;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Logger;
}

const compareDeadlineMs = 14_000;
const publishDeadlineMs = 300_000;
const defaultAnswerWithinMs = 10_000;
/** How long, and how often, it is looked whether look-ups read what was published. */
const seenWithinMs = 5000;
const lookEveryMs = 100;

/** Errors of the store that say why a generation cannot be made current, or compared. */
const refusalCodes = new Set([
  'STRATEGY_GENERATION_STATE',
  'STRATEGY_GENERATION_INCOMPLETE',
  'STRATEGY_GENERATION_DAMAGED',
  'STRATEGY_LOAD_IN_PROGRESS',
  'STRATEGY_LOAD_LOCK_LOST',
]);

export function generationsOperations(parts: GenerationsParts): GenerationsOperations {
  return new RouterGenerations(parts);
}

class RouterGenerations implements GenerationsOperations {
  readonly #parts: GenerationsParts;
  readonly #timers: TimerSet;
  #publication: PublicationView | null = null;
  #isPublishing = false;

  constructor(parts: GenerationsParts) {
    this.#parts = parts;
    this.#timers = new TimerSet(parts.clock);
  }

  async list() {
    const { store, clock } = this.#parts;
    const wallNow = clock.wallNow();
    const all = await store.writer.generations();
    return {
      store: store.describe(),
      generations: all
        .map((one) => viewOf(one, wallNow))
        .toSorted((x, y) => x.partner.localeCompare(y.partner) || y.generation - x.generation),
      publication: this.#publication === null ? null : this.#withSeen(this.#publication),
    };
  }

  async compare(partner: string, a: number, b: number): Promise<CompareResult> {
    const views = await this.#named(partner, [a, b]);
    if ('kind' in views) return views;
    const [viewA, viewB] = views;
    if (viewA === undefined || viewB === undefined || this.#parts.jobs.isBusy) return { kind: 'busy' };
    const end = await this.#run({ kind: 'compare', partner, a, b }, compareDeadlineMs);
    if (end.kind === 'compared')
      return { kind: 'compared', comparison: { a: viewA, b: viewB, ...end.comparison } };
    return refusalOf(end);
  }

  async publish(partner: string, generation: number, actor: string): Promise<PublishResult> {
    const { jobs, clock, store } = this.#parts;
    const views = await this.#named(partner, [generation]);
    if ('kind' in views) return views;
    if (views[0]?.state === 'current')
      return { kind: 'refused', message: `generation ${generation} of ${partner} is current already` };
    if (jobs.isBusy || this.#isPublishing) return { kind: 'busy' };
    const replaced = store.reader.ages().find((one) => one.partner === partner)?.generation ?? null;
    const at = new Date(clock.wallNow()).toISOString();
    const begun = { partner, generation, replaced, by: actor, at, isSeen: false, message: null };
    this.#publication = { ...begun, state: 'running' };
    this.#isPublishing = true;
    const work = this.#publish(begun).finally(() => (this.#isPublishing = false));
    const { answerWithinMs = defaultAnswerWithinMs } = this.#parts;
    return new Promise((resolve) => {
      this.#timers.start('publication-answer', answerWithinMs, () =>
        resolve({ kind: 'running', publication: { ...begun, state: 'running' } }),
      );
      void work.then((result) => {
        this.#timers.cancel('publication-answer');
        resolve(result);
      });
    });
  }

  /** Never rejects. */
  async #publish(begun: Omit<PublicationView, 'state'>): Promise<PublishResult> {
    const { partner, generation, by, replaced } = begun;
    const end = await this.#run({ kind: 'publish', partner, generation }, publishDeadlineMs);
    const isPublished = end.kind === 'published';
    await this.#note(
      by,
      isPublished ? 'generation-published' : 'generation-refused',
      `${partner}/${generation}`,
      {
        replaced,
        ...(end.kind === 'failed' ? { reason: end.message } : {}),
      },
    );
    if (end.kind === 'failed') {
      this.#publication = { ...begun, state: 'refused', message: end.message };
      return refusalOf(end);
    }
    this.#publication = { ...begun, state: 'published' };
    await this.#untilSeen(this.#publication);
    return { kind: 'published', publication: this.#withSeen(this.#publication) };
  }

  #run(task: Parameters<GenerationJobs['run']>[0]['task'], deadlineMs: number): Promise<GenerationJobEnd> {
    const { jobs, settings, environment } = this.#parts;
    const { dataDir, redisUrl } = environment;
    const store = settings.process.strategyStore;
    return jobs.run({ store, environment: { dataDir, redisUrl }, task }, deadlineMs);
  }

  /** The generations of these numbers, or why not. */
  async #named(
    partner: string,
    numbers: readonly number[],
  ): Promise<readonly GenerationView[] | Extract<CompareResult, { kind: 'unknown-generation' }>> {
    const own = (await this.list()).generations.filter((one) => one.partner === partner);
    const views: GenerationView[] = [];
    for (const number of numbers) {
      const view = own.find((one) => one.generation === number);
      if (view === undefined) {
        const known = own.map((one) => `${one.generation} (${one.state})`).join(', ');
        const there = known === '' ? 'none' : known;
        return {
          kind: 'unknown-generation',
          message: `${partner} has no generation ${number}; there are ${there}`,
        };
      }
      views.push(view);
    }
    return views;
  }

  #withSeen(publication: PublicationView): PublicationView {
    const { partner, generation } = publication;
    const isSeen = this.#parts.store.reader
      .ages()
      .some((one) => one.partner === partner && one.generation === generation);
    return { ...publication, isSeen: publication.state === 'published' && isSeen };
  }

  async #untilSeen(publication: PublicationView): Promise<void> {
    for (let waited = 0; waited < seenWithinMs; waited += lookEveryMs) {
      if (this.#withSeen(publication).isSeen) return;
      await new Promise<void>((resolve) => {
        this.#timers.start('generation-seen', lookEveryMs, resolve);
      });
    }
  }

  /** What was done stands, whether or not it could be noted. */
  async #note(
    actor: string,
    action: string,
    subject: string,
    detail: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const { audit, log } = this.#parts;
    log.info({ actor, subject, ...detail }, action.replaceAll('-', ' '));
    try {
      await audit.write(actor, action, subject, detail);
    } catch (error) {
      log.warn({ actor, action, subject, reason: errorMessage(error) }, 'audit line could not be written');
    }
  }
}

function refusalOf(end: GenerationJobEnd): Extract<CompareResult, { kind: 'refused' | 'failed' }> {
  if (end.kind !== 'failed') return { kind: 'failed', message: 'the job answered something else' };
  const isRefused = end.code !== undefined && refusalCodes.has(end.code);
  return { kind: isRefused ? 'refused' : 'failed', message: end.message };
}

function viewOf({ generation, state, retiredAt }: GenerationInfo, wallNow: number): GenerationView {
  const { ageMs, maxAgeMs, isOutdated } = ageOf(generation, wallNow);
  const { partner, strategies, phones, sharedPhones, recordBytes, offers, contentHash, runId } = generation;
  return {
    partner,
    generation: generation.generation,
    state,
    createdAt: new Date(generation.createdAt).toISOString(),
    retiredAt: retiredAt === undefined ? null : new Date(retiredAt).toISOString(),
    ageMs,
    maxAgeMs: maxAgeMs ?? null,
    isOutdated,
    strategies,
    phones,
    sharedPhones,
    recordBytes,
    offers,
    contentHash,
    runId: runId ?? null,
  };
}
