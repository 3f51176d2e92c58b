// The shell that all four transactions share: it looks events up in the table, keeps the two timers and ends.
import type { Timer } from '../../kernel/index.js';
import type { Machine } from './machine.js';
import type { Settled } from './settled-queue.js';
import type { TransactionContext } from './transaction-context.js';
import { abandoned, transactionKinds } from './transaction-outcomes.js';

/** The place of each machine among the kinds. */
const kinds: Readonly<Record<string, number>> = Object.fromEntries(
  transactionKinds.map(({ role, type }, at) => [`${type}-${role}`, at]),
);

/**
 * Runs a machine. At every moment a transaction has at most one timer that retransmits (A, E, G) and one that ends a state
 * (the others), so two fields do for a set of timers; entering the last state cancels both.
 * @typeParam D what an event carries to its actions.
 */
export abstract class MachineRunner<
  S extends string,
  E extends string,
  A extends string,
  D,
> implements Settled {
  protected readonly context: TransactionContext;
  readonly #machine: Machine<S, E, A>;
  /** Place in `transactionKinds`. */
  readonly #kind: number;
  #hasOutcome = false;
  #state: S;
  #repeatTimer: Timer | undefined;
  #lifeTimer: Timer | undefined;
  #due: E | undefined;
  #isSettled = false;

  constructor(machine: Machine<S, E, A>, context: TransactionContext) {
    this.#machine = machine;
    this.context = context;
    this.#state = machine.initial;
    this.#kind = kinds[machine.name] ?? 0;
  }

  get state(): S {
    return this.#state;
  }

  get isTerminated(): boolean {
    return this.#state === this.#machine.last;
  }

  /** Notes how it ended. @param outcome place in `outcomes` @returns false when that was noted before */
  protected count(outcome: number): boolean {
    if (this.#hasOutcome) return false;
    this.#hasOutcome = true;
    this.context.outcomes.ended(this.#kind, outcome);
    return true;
  }

  /** From now on it merely absorbs copies. */
  protected settle(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.context.settled.add(this, this.context.clock.now());
  }

  /** Keeps an outline of the request and no more. */
  abstract slim(): void;

  /** Lets go of what the transaction user holds by it. */
  abstract retire(): void;

  /** Does one action of the table. */
  protected abstract perform(action: A, data: D | undefined): void;

  /** Called once, on entering the last state: takes the transaction out of the layer's maps. */
  protected abstract forget(): void;

  /** Called once, after the last actions. */
  protected abstract ended(): void;

  protected start(): void {
    for (const action of this.#machine.start) this.perform(action, undefined);
  }

  /** Feeds an event; false when the state does not define it (it is dropped). */
  protected fire(event: E, data?: D): boolean {
    const transition = this.#machine.table[this.#state][event];
    if (transition === undefined) {
      this.context.log.debug({ machine: this.#machine.name, state: this.#state, event }, 'event dropped');
      return false;
    }
    this.#state = transition.next;
    const hasEnded = transition.next === this.#machine.last;
    if (hasEnded) this.#release();
    for (const action of transition.actions) this.perform(action, data);
    if (hasEnded) {
      this.ended();
      return true;
    }
    const due = this.#due;
    if (due !== undefined) {
      this.#due = undefined;
      this.fire(due);
    }
    return true;
  }

  /** Starts the timer that retransmits. */
  protected startRepeat(ms: number, event: E): void {
    this.#repeatTimer?.cancel();
    this.#repeatTimer = this.context.clock.after(ms, event, () => {
      this.#repeatTimer = undefined;
      this.fire(event);
    });
  }

  protected stopRepeat(): void {
    this.#repeatTimer?.cancel();
    this.#repeatTimer = undefined;
  }

  /** Starts the timer that ends a state; of 0 ms, it fires as soon as the event at hand has been dealt with. */
  protected startLife(ms: number, event: E, data?: D): void {
    this.#lifeTimer?.cancel();
    if (ms === 0) {
      this.#lifeTimer = undefined;
      this.#due = event;
      return;
    }
    this.#lifeTimer = this.context.clock.after(ms, event, () => {
      this.#lifeTimer = undefined;
      this.fire(event, data);
    });
  }

  protected stopLife(): void {
    this.#lifeTimer?.cancel();
    this.#lifeTimer = undefined;
  }

  /** Ends without any further message or report but `ended`: the layer is closing. */
  abandon(): void {
    if (this.isTerminated) return;
    this.count(abandoned);
    this.#state = this.#machine.last;
    this.#release();
    this.ended();
  }

  #release(): void {
    this.stopRepeat();
    this.stopLife();
    this.#due = undefined;
    this.forget();
  }
}
