// One agent who owes dispositions: held On Break until they are recorded, then free again. A state machine without clock and I/O: it is
// told what the centre says of the agent, and says what to set. What the agent chooses meanwhile stands: an agent is made free only out
// of the break that was set here (Available before, On Break since).
import type { AgentStatus } from '../../callcenter/index.js';

export interface OwedDisposition {
  readonly decisionId: string;
  readonly offer: string;
  /** Clock.now() at which it is owed no more, recorded or not. */
  readonly until: number;
}

export type DutyStep =
  | { readonly kind: 'none' }
  /** Set On Break; `status` is what it is now. */
  | { readonly kind: 'hold'; readonly status: AgentStatus }
  /** Set to what it was before. */
  | { readonly kind: 'free'; readonly status: AgentStatus }
  /** Nothing is left to do for this agent. */
  | { readonly kind: 'over' };

/** What became of a step: `impossible` will not work the next time either. */
export type StepResult = 'done' | 'failed' | 'impossible';

interface Hold {
  readonly before: AgentStatus;
  readonly since: number;
  /** The centre has shown the break. */
  isSeen: boolean;
}

const none: DutyStep = { kind: 'none' };
/** How far the feed may be behind a command that the centre took. */
const feedLagMs = 5000;
/** An agent who says Available so often while owing is let be. */
const maxHolds = 5;
const maxTries = 10;
const maxRetryMs = 10_000;
/** How long the freeing of an agent waits for a centre that tells nothing. */
const unknownLimitMs = 600_000;

export class AgentDuty {
  readonly centre: string;
  readonly agent: string;
  readonly #owed = new Map<string, OwedDisposition>();
  #hold: Hold | undefined;
  #isBusy = false;
  #isLetBe = false;
  #holds = 0;
  #tries = 0;
  #retryAt = -Infinity;
  #unknownSince: number | undefined;

  constructor(centre: string, agent: string) {
    this.centre = centre;
    this.agent = agent;
  }

  get owed(): readonly OwedDisposition[] {
    return [...this.#owed.values()];
  }

  /** What the status was before the break that was set here; undefined while none is. */
  get statusBefore(): AgentStatus | undefined {
    return this.#hold?.before;
  }

  owe(disposition: OwedDisposition): void {
    this.#owed.set(keyOf(disposition), disposition);
  }

  /** True when it was owed. */
  settle(disposition: Pick<OwedDisposition, 'decisionId' | 'offer'>): boolean {
    return this.#owed.delete(keyOf(disposition));
  }

  /** Settles what is owed no more at this time. */
  expire(now: number): readonly OwedDisposition[] {
    const gone = this.owed.filter(({ until }) => until <= now);
    for (const one of gone) this.settle(one);
    return gone;
  }

  /** Was held before a restart. */
  resume(before: AgentStatus, now: number): void {
    this.#hold = { before, since: now, isSeen: true };
  }

  /** A person set the status by other means than the phone: a break of their own, or a log-out, is not ended here. */
  chose(status: string): void {
    if (status === 'On Break' || status === 'Logged Out') this.#hold = undefined;
  }

  /** What to do now; `answered` is to follow a `hold` or `free`. @param status undefined while the centre tells nothing */
  next(status: AgentStatus | undefined, now: number): DutyStep {
    if (this.#isBusy) return none;
    this.#look(status, now);
    if (this.#owed.size === 0) return this.#afterwards(status, now);
    if (this.#hold !== undefined || this.#isLetBe || now < this.#retryAt) return none;
    if (status !== 'Available' && status !== 'Available (On Demand)') return none;
    if (this.#holds >= maxHolds) {
      this.#isLetBe = true;
      return none;
    }
    this.#isBusy = true;
    return { kind: 'hold', status };
  }

  answered(step: DutyStep, result: StepResult, now: number): void {
    this.#isBusy = false;
    if (result === 'done') {
      this.#tries = 0;
      this.#retryAt = -Infinity;
      if (step.kind === 'hold') {
        this.#holds += 1;
        this.#hold = { before: step.status, since: now, isSeen: false };
      } else this.#hold = undefined;
      return;
    }
    this.#tries += 1;
    this.#retryAt = now + Math.min(1000 * this.#tries, maxRetryMs);
    if (result === 'failed' && this.#tries < maxTries) return;
    this.#tries = 0;
    if (step.kind === 'hold') this.#isLetBe = true;
    else this.#hold = undefined;
  }

  /** Somebody else ended the break, or it never came to be. */
  #look(status: AgentStatus | undefined, now: number): void {
    if (status !== undefined) this.#unknownSince = undefined;
    const hold = this.#hold;
    if (hold === undefined || status === undefined) return;
    if (status === 'On Break') hold.isSeen = true;
    else if (hold.isSeen || now - hold.since > feedLagMs) this.#hold = undefined;
  }

  #afterwards(status: AgentStatus | undefined, now: number): DutyStep {
    const hold = this.#hold;
    if (hold === undefined) return { kind: 'over' };
    if (status === undefined) {
      this.#unknownSince ??= now;
      return now - this.#unknownSince > unknownLimitMs ? { kind: 'over' } : none;
    }
    if (!hold.isSeen || status !== 'On Break' || now < this.#retryAt) return none;
    this.#isBusy = true;
    return { kind: 'free', status: hold.before };
  }
}

export function keyOf({ decisionId, offer }: Pick<OwedDisposition, 'decisionId' | 'offer'>): string {
  return `${decisionId} ${offer}`;
}
