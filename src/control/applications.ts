// The applications that are connected: who takes which method, in turn.
import type { ControlConnection } from './connection.js';

export class Applications {
  readonly #connections = new Set<ControlConnection>();
  /** Per route, how many requests were handed out. */
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
    const turn = this.#turns.get(route) ?? 0;
    this.#turns.set(route, turn + 1);
    let index = turn % count;
    for (const connection of this.#connections) {
      if (!connection.routes.has(route)) continue;
      if (index === 0) return connection;
      index -= 1;
    }
    return first;
  }
}
