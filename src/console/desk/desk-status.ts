// Statuses that people ask for at their desks: pending until the centre shows them, refused when it does not. One command at a time for
// an agent, and the last wish wins: an earlier one that waits is never carried out after it.
import { errorMessage, TimerSet } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { StatusAnswer } from '../../callcenter/index.js';
import type { DeskAgent } from '../live/desk-state.js';

export type DeskStatusName = 'Available' | 'On Break' | 'Logged Out';

export interface DeskStatusOptions {
  readonly clock: Clock;
  /** Never more than one at once for an agent. */
  readonly set: (centre: string, agent: string, status: DeskStatusName) => Promise<StatusAnswer>;
  /** Before the centre is asked: whoever sets statuses by itself is to leave a wish alone. */
  readonly onWish: (centre: string, agent: string, status: DeskStatusName) => void;
  /** As the centre shows it now; undefined while its feed is not live. */
  readonly statusOf: (centre: string, agent: string) => string | undefined;
  /** The change of `centre/agent` is another. */
  readonly onChanged: (seat: string) => void;
}

type Change = NonNullable<DeskAgent['change']>;

interface Wish {
  readonly centre: string;
  readonly agent: string;
  readonly status: DeskStatusName;
}

const confirmWithinMs = 5000;
const refusedMs = 60_000;

export class DeskStatus {
  readonly #options: DeskStatusOptions;
  readonly #timers: TimerSet;
  /** By seat. */
  readonly #changes = new Map<string, Change>();
  readonly #wishes = new Map<string, Wish>();
  readonly #busy = new Set<string>();

  constructor(options: DeskStatusOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  stop(): void {
    this.#timers.cancelAll();
  }

  changeOf(seat: string): DeskAgent['change'] {
    return this.#changes.get(seat);
  }

  ask(centre: string, agent: string, status: DeskStatusName): void {
    const seat = `${centre}/${agent}`;
    const { clock, onWish } = this.#options;
    this.#wishes.set(seat, { centre, agent, status });
    this.#put(seat, { kind: 'pending', status, since: clock.wallNow() });
    this.#timers.start(seat, confirmWithinMs, () => this.#refuse(seat, 'not confirmed by the centre'));
    if (status !== 'Available') onWish(centre, agent, status);
    void this.#carryOut(seat);
  }

  /** The centre shows this status of the agent. */
  seen(seat: string, status: string | undefined): void {
    const change = this.#changes.get(seat);
    // A command that is still to go out was not what made the centre show it.
    if (change?.status !== status || this.#wishes.has(seat)) return;
    this.#timers.cancel(seat);
    this.#changes.delete(seat);
    this.#options.onChanged(seat);
  }

  async #carryOut(seat: string): Promise<void> {
    if (this.#busy.has(seat)) return;
    this.#busy.add(seat);
    const { set, onWish, statusOf } = this.#options;
    try {
      for (let wish = this.#take(seat); wish !== undefined; wish = this.#take(seat)) {
        const { centre, agent, status } = wish;
        const answer = await answered(set(centre, agent, status));
        if (answer.kind === 'done') {
          onWish(centre, agent, status);
          // It may have had that status all the time: nothing changes that would tell.
          this.seen(seat, statusOf(centre, agent));
        } else if (!this.#wishes.has(seat)) this.#refuse(seat, answer.message);
      }
    } finally {
      this.#busy.delete(seat);
    }
  }

  #take(seat: string): Wish | undefined {
    const wish = this.#wishes.get(seat);
    this.#wishes.delete(seat);
    return wish;
  }

  #refuse(seat: string, message: string): void {
    const change = this.#changes.get(seat);
    if (change?.kind !== 'pending') return;
    this.#wishes.delete(seat);
    this.#put(seat, { kind: 'refused', status: change.status, message });
    this.#timers.start(seat, refusedMs, () => {
      this.#changes.delete(seat);
      this.#options.onChanged(seat);
    });
  }

  #put(seat: string, change: Change): void {
    this.#changes.set(seat, change);
    this.#options.onChanged(seat);
  }
}

async function answered(
  asked: Promise<StatusAnswer>,
): Promise<{ readonly kind: 'done' } | { readonly kind: 'not'; readonly message: string }> {
  try {
    const answer = await asked;
    if (answer.kind === 'done') return { kind: 'done' };
    return { kind: 'not', message: 'message' in answer ? answer.message : 'the centre refused' };
  } catch (error) {
    return { kind: 'not', message: errorMessage(error) };
  }
}
