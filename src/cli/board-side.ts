// What a router process has of the supervisor board: its live topics, the list of calls, their ladders.
import type { CallRouter, CallSummary } from '../calls/index.js';
import type { Settings } from '../config/index.js';
import { BoardTopic, callsApi, CallsTopic, TodayTotals } from '../console/index.js';
import type {
  ApiArea,
  BoardScope,
  BoardState,
  CallLineView,
  LiveOperations,
  AnyLiveTopic,
} from '../console/index.js';
import { isInScope } from '../console/index.js';
import { mask, TimerSet } from '../kernel/index.js';
import type { Clock } from '../kernel/index.js';
import { boardTotals } from '../records/index.js';
import type { StrategyStore } from '../strategy-store/index.js';
import { boardNow } from './board-reads.js';
import { callHistory } from './board-calls.js';
import type { LiveCentres } from './live-centres.js';
import type { RecordsSide } from './records-side.js';

export interface BoardSideParts {
  readonly router: CallRouter;
  readonly centres: LiveCentres;
  readonly store: Pick<StrategyStore, 'reader'>;
  readonly records: RecordsSide | undefined;
  readonly live: LiveOperations;
  readonly clock: Clock;
}

type Ages = BoardState['ages'];

/** How often the files of the spool are looked at while somebody watches. */
const spoolEveryMs = 5000;
/** Lines that wait longer are a sign that the database does not keep up. */
const spoolLateSeconds = 60;

export class BoardSide {
  readonly board: BoardTopic;
  readonly calls: CallsTopic;
  readonly totals: TodayTotals;
  readonly #parts: BoardSideParts;
  readonly #timers: TimerSet;
  #settings: Settings;
  #settingsAt: number;
  #spoolSeconds: number | undefined;

  constructor(parts: BoardSideParts) {
    const { router, records, clock } = parts;
    this.#parts = parts;
    this.#timers = new TimerSet(clock);
    this.#settings = router.settings;
    this.#settingsAt = clock.now();
    this.calls = new CallsTopic({ clock });
    this.totals = new TodayTotals({
      records: records && {
        drain: (deadlineMs) => records.spool.drain(deadlineMs),
        totals: async (from, to) => {
          const rows = await boardTotals(records.records.database, new Date(from), new Date(to));
          return rows.map(({ block, ...row }) => ({ ...row, block: block.getTime() }));
        },
      },
      clock,
    });
    this.board = new BoardTopic({
      read: (scope) => this.read(scope),
      onWatched: (isWatched) => this.#watch(isWatched),
      clock,
    });
    router.events.on('call', (summary) => this.#add(summary));
  }

  get topics(): readonly AnyLiveTopic[] {
    return [this.board, this.calls];
  }

  /** Of the API; none where there are no records. */
  get areas(): readonly ApiArea[] {
    const { records, router } = this.#parts;
    return records === undefined ? [] : [callsApi(callHistory(records.records.database, router))];
  }

  read(scope: BoardScope): BoardState {
    const now = boardNow(this.#parts, scope);
    const seen = new Set(now.places.map(({ id }) => id));
    return {
      ...now,
      totals: this.totals.totals(scope),
      failOpenEvents: this.calls.failOpenEvents(scope),
      ages: this.#ages(scope).filter(({ kind, what }) => kind !== 'feed' || seen.has(what)),
    };
  }

  #add(summary: CallSummary): void {
    this.#lookAtSettings();
    const { personalData } = this.#settings.process.log;
    const line = callLineView(summary, this.#parts.clock.wallNow(), personalData);
    this.totals.add(line);
    this.calls.add(line);
  }

  #watch(isWatched: boolean): void {
    this.totals.watch(isWatched);
    if (isWatched) this.#measureSpool();
    else this.#timers.cancelAll();
  }

  #measureSpool(): void {
    const { records } = this.#parts;
    if (records === undefined) return;
    const done = (seconds: number | undefined): void => {
      this.#spoolSeconds = seconds;
    };
    records.spool.measure().then(
      ({ ageSeconds }) => done(ageSeconds),
      () => done(undefined),
    );
    this.#timers.start('spool', spoolEveryMs, () => this.#measureSpool());
  }

  #lookAtSettings(): void {
    const { router, clock } = this.#parts;
    if (router.settings === this.#settings) return;
    this.#settings = router.settings;
    this.#settingsAt = clock.now();
  }

  #ages(scope: BoardScope): Ages {
    this.#lookAtSettings();
    const { centres, store, records, clock } = this.#parts;
    const strategies = store.reader.ages().filter(({ partner }) => isInScope(scope, partner));
    return [
      ...centres.feeds.feeds.map(({ centre, status: { state, ageMs } }) => ({
        what: centre,
        kind: 'feed' as const,
        ageMs: whole(ageMs),
        state,
        isGood: state === 'live',
      })),
      ...strategies.map(({ partner, generation, ageMs, isOutdated }) => ({
        what: partner,
        kind: 'strategies' as const,
        ageMs: whole(ageMs),
        state: isOutdated ? `generation ${generation}, outdated` : `generation ${generation}`,
        isGood: !isOutdated,
      })),
      {
        what: 'settings',
        kind: 'settings',
        ageMs: whole(clock.now() - this.#settingsAt),
        state: this.#parts.router.plan.decider.settingsId,
        isGood: true,
      },
      ...(records === undefined ? [] : this.#recordsAges(records)),
    ];
  }

  #recordsAges({ records, spool }: RecordsSide): Ages {
    const { state } = records;
    const seconds = this.#spoolSeconds;
    return [
      {
        what: 'records',
        kind: 'records',
        ageMs: undefined,
        state: state.kind === 'down' ? state.reason : state.kind,
        isGood: state.kind === 'ready',
      },
      {
        what: 'spool',
        kind: 'spool',
        ageMs: seconds === undefined ? undefined : whole(seconds * 1000),
        state: spool.isFailing ? 'waiting for the database' : 'taken over',
        isGood: !spool.isFailing && (seconds ?? 0) < spoolLateSeconds,
      },
    ];
  }
}

function whole(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.max(0, Math.round(ms));
}

/** A call as the stream shows it. */
export function callLineView(summary: CallSummary, at: number, personalData: boolean): CallLineView {
  const { caller } = summary;
  // Field by field: to leave some out of a copy takes ten times as long, and this is done for each call.
  return {
    decisionId: summary.decisionId,
    partner: summary.partner,
    arm: summary.arm,
    offer: summary.offer,
    presented: summary.presented,
    reason: summary.reason,
    failOpen: summary.failOpen,
    destination: summary.destination,
    status: summary.status,
    decisionMs: summary.decisionMs,
    at,
    caller: caller.startsWith('+') && !personalData ? mask(caller) : caller,
    result: summary.termination.reason,
  };
}
