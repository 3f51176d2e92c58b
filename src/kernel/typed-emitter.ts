// An event emitter whose listeners cannot break the one who emits.

type Listener<A extends unknown[]> = (...args: A) => void;

/**
 * Typed events. A listener that throws is reported to `onListenerError` and the others still run.
 * @typeParam E event name to argument tuple.
 */
export class TypedEmitter<E extends Record<keyof E, unknown[]>> {
  readonly #listeners: { [K in keyof E]?: Listener<E[K]>[] } = {};
  readonly #onListenerError: (error: unknown, event: keyof E) => void;

  constructor(onListenerError: (error: unknown, event: keyof E) => void) {
    this.#onListenerError = onListenerError;
  }

  /** Adds a listener; the function that is returned removes it. */
  on<K extends keyof E>(event: K, listener: Listener<E[K]>): () => void {
    this.#listeners[event] = [...(this.#listeners[event] ?? []), listener];
    return () => {
      this.#listeners[event] = (this.#listeners[event] ?? []).filter((one) => one !== listener);
    };
  }

  emit<K extends keyof E>(event: K, ...args: E[K]): void {
    const list = this.#listeners[event];
    if (list === undefined) return;
    for (const listener of list) {
      try {
        listener(...args);
      } catch (error) {
        this.#onListenerError(error, event);
      }
    }
  }
}
