// Live topic `calls`: the stream of decided calls, and those among them that were served in spite of a failure.
import type { Clock } from '../../kernel/index.js';
import type { Principal, Role } from '../access/principal.js';
import type { BoardState, CallLineView } from '../live/board-state.js';
import type { LiveTopic, TopicSink } from '../live/topic.js';
import { isInScope, seesCall } from './scope.js';
import type { BoardScope } from './scope.js';

/** Calls remembered, and told to somebody who begins to look. */
const maxCalls = 500;
const maxToldAtOnce = 100;
const maxFailOpen = 100;
/** More in one second nobody reads: they are counted, and not streamed. */
const maxEventsASecond = 25;

interface Viewer {
  readonly principal: Principal;
  readonly sink: TopicSink<'calls'>;
}

export class CallsTopic implements LiveTopic<'calls'> {
  readonly topic = 'calls';
  readonly roles: readonly Role[] = ['supervisor', 'admin'];
  readonly paceMs = 0;
  readonly #clock: Clock;
  readonly #viewers = new Set<Viewer>();
  /** Oldest first. */
  readonly #calls: CallLineView[] = [];
  readonly #failOpen: BoardState['failOpenEvents'][number][] = [];
  #second = 0;
  #told = 0;

  constructor({ clock }: { readonly clock: Clock }) {
    this.#clock = clock;
  }

  open(principal: Principal, sink: TopicSink<'calls'>): () => void {
    const viewer = { principal, sink };
    this.#viewers.add(viewer);
    return () => void this.#viewers.delete(viewer);
  }

  state(principal: Principal): readonly CallLineView[] {
    return this.#calls
      .filter((call) => seesCall(principal, call.partner))
      .slice(-maxToldAtOnce)
      .reverse();
  }

  add(call: CallLineView): void {
    push(this.#calls, call, maxCalls);
    for (const reason of call.failOpen) {
      const { at, decisionId, partner } = call;
      push(this.#failOpen, { at, reason, decisionId, partner }, maxFailOpen);
    }
    if (this.#viewers.size === 0 || !this.#mayTell()) return;
    for (const { principal, sink } of this.#viewers) {
      if (seesCall(principal, call.partner)) sink.event(call);
    }
  }

  /** Newest first. */
  failOpenEvents(scope: BoardScope): BoardState['failOpenEvents'] {
    return this.#failOpen.filter(({ partner }) => isInScope(scope, partner)).reverse();
  }

  #mayTell(): boolean {
    const second = Math.floor(this.#clock.now() / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#told = 0;
    }
    this.#told += 1;
    return this.#told <= maxEventsASecond;
  }
}

function push<T>(list: T[], one: T, most: number): void {
  list.push(one);
  if (list.length > most) list.shift();
}
