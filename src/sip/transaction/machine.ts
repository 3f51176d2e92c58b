// The shape of a transaction machine as data: state x event -> next state + actions (figures 5 to 8 of RFC 3261, RFC 6026).

/** What one event does in one state. */
export interface Transition<S extends string, A extends string> {
  readonly next: S;
  /** In this order; whatever calls the transaction user comes last. */
  readonly actions: readonly A[];
}

/**
 * A machine without its shell. An event that a state does not define changes nothing.
 * Timers are named by their letter in RFC 3261 table 4: action `start-timer-x`, `stop-timer-x`, event `timer-x`.
 */
export interface Machine<S extends string, E extends string, A extends string> {
  readonly name: string;
  readonly initial: S;
  readonly last: S;
  /** What is done when the transaction is created. */
  readonly start: readonly A[];
  readonly table: Readonly<Record<S, Readonly<Partial<Record<E, Transition<S, A>>>>>>;
}
