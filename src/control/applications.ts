// The applications that are connected: who takes which method, in turn.
import type { ControlConnection } from './connection.js';

/** Tags come from applications; above this many the turns are forgotten, which costs nothing but fairness. */
const maxTurns = 10_000;

export class Applications {
  readonly #connections = new Set<ControlConnection>();
  /** Per route and tag, how many requests were handed out. */
  readonly #turns = new Map<string, number>();

  add(connection: ControlConnection): void {
    this.#connections.add(connection);
  }

  delete(connection: ControlConnection): boolean {
    return this.#connections.delete(connection);
  }

  get size(): number {
    return this.#connections.size;
  }

  serves(route: string): boolean {
    for (const connection of this.#connections) if (connection.routes.has(route)) return true;
    return false;
  }

  /** Every route that any application has, in lower case. */
  routes(): ReadonlySet<string> {
    const all = new Set<string>();
    for (const connection of this.#connections) for (const route of connection.routes) all.add(route);
    return all;
  }

  /** The application whose turn it is among those that registered `route`. */
  next(route: string): ControlConnection | undefined {
    let first: ControlConnection | undefined;
    let count = 0;
    for (const connection of this.#connections) {
      if (!connection.routes.has(route)) continue;
      first ??= connection;
      count += 1;
    }
    if (count < 2) return first;
    let index = this.#turn(route) % count;
    for (const connection of this.#connections) {
      if (!connection.routes.has(route)) continue;
      if (index === 0) return connection;
      index -= 1;
    }
    return first;
  }

  /** The application whose turn it is among those that authenticated with `tag`. */
  tagged(tag: string): ControlConnection | undefined {
    const having = [...this.#connections].filter((connection) => connection.tags.includes(tag));
    return having.length < 2 ? having[0] : having[this.#turn(`tag ${tag}`) % having.length];
  }

  #turn(key: string): number {
    const turn = this.#turns.get(key) ?? 0;
    if (this.#turns.size >= maxTurns) this.#turns.clear();
    this.#turns.set(key, turn + 1);
    return turn;
  }
}
