// Live topic `board`: made from snapshots at most once a second for each set of partners, while anybody looks.
import type { Clock } from '../../kernel/index.js';
import { TimerSet } from '../../kernel/index.js';
import type { Principal, Role } from '../access/principal.js';
import type { BoardState } from '../live/board-state.js';
import type { LiveTopic, TopicSink } from '../live/topic.js';
import { scopeKey, scopeOf } from './scope.js';
import type { BoardScope } from './scope.js';

export interface BoardTopicOptions {
  /** Reads what is there and asks nobody. */
  readonly read: (scope: BoardScope) => BoardState;
  /** Somebody looks, or nobody does any more: what is asked for the board alone is asked meanwhile. */
  readonly onWatched?: (isWatched: boolean) => void;
  readonly clock: Clock;
}

interface Made {
  readonly at: number;
  readonly state: BoardState;
}

const paceMs = 1000;
/** Sets of partners remembered at once. */
const maxScopes = 100;

export class BoardTopic implements LiveTopic<'board'> {
  readonly topic = 'board';
  readonly roles: readonly Role[] = ['supervisor', 'admin'];
  readonly paceMs = paceMs;
  readonly #options: BoardTopicOptions;
  readonly #timers: TimerSet;
  readonly #sinks = new Set<TopicSink<'board'>>();
  readonly #made = new Map<string, Made>();

  constructor(options: BoardTopicOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  open(_principal: Principal, sink: TopicSink<'board'>): () => void {
    this.#sinks.add(sink);
    if (this.#sinks.size === 1) {
      this.#options.onWatched?.(true);
      this.#tick();
    }
    return () => {
      if (!this.#sinks.delete(sink) || this.#sinks.size > 0) return;
      this.#timers.cancelAll();
      this.#made.clear();
      this.#options.onWatched?.(false);
    };
  }

  /** The same object for everybody with the same partners, within one second. */
  state(principal: Principal): BoardState {
    const scope = scopeOf(principal);
    const key = scopeKey(scope);
    const now = this.#options.clock.now();
    const made = this.#made.get(key);
    if (made !== undefined && now - made.at < paceMs) return made.state;
    const state = this.#options.read(scope);
    const [oldest] = this.#made.keys();
    if (made === undefined && this.#made.size >= maxScopes && oldest !== undefined) this.#made.delete(oldest);
    this.#made.set(key, { at: now, state });
    return state;
  }

  #tick(): void {
    this.#timers.start('board', paceMs, () => {
      for (const sink of this.#sinks) sink.changed();
      this.#tick();
    });
  }
}
