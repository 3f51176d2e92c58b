// Partners with requiredBeforeNextCall: when the talk of an agent who was to present an offer ends without a disposition, the agent is
// set On Break within the wrap-up time, and back when it is recorded, by whomever, or after autoWrapSeconds (10 minutes where those are
// 0), database or not. What an agent chooses meanwhile stands (field notes, rows 44 and 45).
import type { AgentStatus, CentreCallEvent, CentreControl, CentreReading } from '../../callcenter/index.js';
import { errorMessage, TimerSet, withDeadline } from '../../kernel/index.js';
import type { Clock, Logger, Part } from '../../kernel/index.js';
import { AgentDuty, keyOf } from './agent-duty.js';
import type { DutyStep, OwedDisposition, StepResult } from './agent-duty.js';
import { DutyChanges } from './duty-records.js';
import type { DutyKey, DutyRecords, KeptDuty } from './duty-records.js';
import type { LiveCall } from './live-calls.js';

export interface DutyRule {
  readonly isRequired: boolean;
  /** 0: never by itself. */
  readonly autoWrapSeconds: number;
}

export interface DispositionDutyOptions {
  /** The calls of this router: others see to theirs. */
  readonly live: { get(decisionId: string): Pick<LiveCall, 'partner'> | undefined };
  readonly control: Pick<CentreControl, 'setAgentStatus'>;
  /** As the settings say it now; undefined for a partner that is none. */
  readonly ruleOf: (partner: string) => DutyRule | undefined;
  readonly records: DutyRecords;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Talk extends DutyKey {
  readonly centre: string;
  readonly agent: string;
  readonly partner: string;
}

const tickMs = 1000;
const deadlineMs = 5000;
const longestMs = 600_000;
const maxRemembered = 20_000;
/** Keys that the database is asked about at once. */
const maxAsked = 500;

export class DispositionDuty implements Part {
  readonly name = 'disposition duty';
  readonly #options: DispositionDutyOptions;
  readonly #timers: TimerSet;
  readonly #readings = new Map<string, CentreReading>();
  /** By decision. */
  readonly #talks = new Map<string, Talk>();
  readonly #recorded = new Set<string>();
  /** By `centre/agent`. */
  readonly #duties = new Map<string, AgentDuty>();
  /** What a held agent owed last: its row is kept until the agent is free, or a restart would leave them on the break. */
  readonly #lastOf = new Map<AgentDuty, OwedDisposition>();
  readonly #changes = new DutyChanges();
  #isRunning = false;
  #isLoaded = false;
  #isAsking = false;

  constructor(options: DispositionDutyOptions) {
    this.#options = options;
    this.#timers = new TimerSet(options.clock);
  }

  start(): void {
    this.#isRunning = true;
    this.#askRecords();
    this.#watch();
  }

  /** Agents who are held stay so; the next start sees to them. */
  stop(): void {
    this.#isRunning = false;
    this.#timers.cancelAll();
  }

  /** Agents who owe dispositions. */
  get agents(): number {
    return this.#duties.size;
  }

  onReading(reading: CentreReading): void {
    this.#readings.set(reading.centre, reading);
    for (const duty of this.#duties.values()) if (duty.centre === reading.centre) this.#turn(duty);
  }

  onCallEvent(event: CentreCallEvent): void {
    const { decisionId } = event;
    if (decisionId === undefined) return;
    if (event.kind === 'agent-answered') {
      this.#endTalk(decisionId);
      const partner = this.#options.live.get(decisionId)?.partner;
      const { centre, agent, offerCode: offer = '' } = event;
      if (partner === undefined || offer === '') return;
      bound(this.#talks);
      this.#talks.set(decisionId, { decisionId, offer, centre, agent, partner });
    } else if (event.kind === 'agent-ended' || event.kind === 'member-left') {
      const talk = this.#talks.get(decisionId);
      const isIt = talk?.centre === event.centre && (!('agent' in event) || event.agent === talk.agent);
      if (isIt) this.#endTalk(decisionId);
    }
  }

  /** A disposition is recorded, of this router or another: by a person, a system or auto-wrap. */
  recorded(key: DutyKey): void {
    bound(this.#recorded);
    this.#recorded.add(keyOf(key));
    for (const duty of [...this.#duties.values()]) this.#settle(duty, key);
  }

  /** A person set the status of an agent through us. */
  chose(centre: string, agent: string, status: string): void {
    this.#duties.get(`${centre}/${agent}`)?.chose(status);
  }

  #endTalk(decisionId: string): void {
    const talk = this.#talks.get(decisionId);
    if (talk === undefined) return;
    this.#talks.delete(decisionId);
    const rule = this.#options.ruleOf(talk.partner);
    if (rule?.isRequired !== true || this.#recorded.has(keyOf(talk)) || !this.#isRunning) return;
    const ms = rule.autoWrapSeconds > 0 ? rule.autoWrapSeconds * 1000 : longestMs;
    const duty = this.#dutyOf(talk.centre, talk.agent);
    const owed = { decisionId, offer: talk.offer, until: this.#options.clock.now() + ms };
    duty.owe(owed);
    this.#note(duty, owed, false);
    this.#turn(duty);
    this.#watch();
  }

  #dutyOf(centre: string, agent: string): AgentDuty {
    const id = `${centre}/${agent}`;
    let duty = this.#duties.get(id);
    if (duty === undefined) {
      bound(this.#duties);
      duty = new AgentDuty(centre, agent);
      this.#duties.set(id, duty);
    }
    return duty;
  }

  #settle(duty: AgentDuty, key: DutyKey): void {
    const owed = duty.owed.find((one) => keyOf(one) === keyOf(key));
    if (owed === undefined) return;
    duty.settle(owed);
    const former = this.#lastOf.get(duty);
    if (duty.statusBefore === undefined || duty.owed.length > 0) this.#note(duty, owed, true);
    else {
      if (former !== undefined) this.#note(duty, former, true);
      this.#lastOf.set(duty, owed);
    }
    this.#turn(duty);
  }

  #turn(duty: AgentDuty): void {
    const { clock } = this.#options;
    const status = this.#readings.get(duty.centre)?.agents.get(duty.agent)?.status;
    const before = duty.statusBefore;
    const step = duty.next(status, clock.now());
    if (before !== duty.statusBefore) this.#noteAll(duty);
    if (step.kind === 'over') this.#remove(duty);
    else if (step.kind !== 'none') void this.#carryOut(duty, step);
  }

  async #carryOut(duty: AgentDuty, step: Extract<DutyStep, { status: AgentStatus }>): Promise<void> {
    const { clock, log } = this.#options;
    const { centre, agent } = duty;
    const status = step.kind === 'hold' ? 'On Break' : step.status;
    const result = await this.#setStatus(centre, agent, status);
    duty.answered(step, result, clock.now());
    log.debug({ centre, agent, status, result }, 'agent who owes a disposition');
    if (!this.#isRunning) return;
    this.#noteAll(duty);
    this.#turn(duty);
  }

  async #setStatus(centre: string, agent: string, status: string): Promise<StepResult> {
    const { control, clock } = this.#options;
    const late = (): Error => new Error('no answer');
    try {
      const answer = await withDeadline(
        clock,
        deadlineMs,
        control.setAgentStatus(centre, agent, status),
        late,
      );
      if (answer.kind === 'done') return 'done';
      return answer.kind === 'unreachable' ? 'failed' : 'impossible';
    } catch {
      return 'failed';
    }
  }

  #remove(duty: AgentDuty): void {
    this.#duties.delete(`${duty.centre}/${duty.agent}`);
    const last = this.#lastOf.get(duty);
    this.#lastOf.delete(duty);
    if (last !== undefined) this.#note(duty, last, true);
  }

  #noteAll(duty: AgentDuty): void {
    for (const owed of duty.owed) this.#note(duty, owed, false);
  }

  #note({ centre, agent, statusBefore }: AgentDuty, owed: OwedDisposition, isGone: boolean): void {
    const { clock } = this.#options;
    const { decisionId, offer } = owed;
    const until = clock.wallNow() + owed.until - clock.now();
    this.#changes.add({ centre, agent, decisionId, offer, statusBefore, until }, isGone);
    this.#watch();
  }

  /** One timer for all, while there is anything to see to. */
  #watch(): void {
    if (!this.#isRunning || this.#timers.has('disposition-duty')) return;
    const isIdle = this.#duties.size === 0 && this.#changes.size === 0 && this.#isLoaded;
    if (isIdle) return;
    this.#timers.start('disposition-duty', tickMs, () => {
      const now = this.#options.clock.now();
      for (const duty of [...this.#duties.values()]) {
        for (const owed of duty.owed) if (owed.until <= now) this.#settle(duty, owed);
        this.#turn(duty);
      }
      this.#askRecords();
      this.#watch();
    });
  }

  /** One question at a time; a database that is down is asked again. */
  #askRecords(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { clock, log } = this.#options;
    const late = (): Error => new Error('no answer of the records database');
    withDeadline(clock, deadlineMs, this.#exchange(), late)
      .catch((error: unknown) => log.debug({ reason: errorMessage(error) }, 'duties not exchanged'))
      .finally(() => {
        this.#isAsking = false;
      });
  }

  async #exchange(): Promise<void> {
    const { records } = this.#options;
    if (!this.#isLoaded) {
      const kept = await records.load();
      this.#isLoaded = true;
      for (const one of kept) this.#resume(one);
    }
    await this.#changes.save(records);
    const owed = [...this.#duties.values()].flatMap((duty) => duty.owed).slice(0, maxAsked);
    if (owed.length === 0) return;
    for (const key of await records.settled(owed.map(({ decisionId, offer }) => ({ decisionId, offer })))) {
      this.recorded(key);
    }
  }

  #resume({ centre, agent, decisionId, offer, statusBefore, until }: KeptDuty): void {
    const { clock } = this.#options;
    const duty = this.#dutyOf(centre, agent);
    if (statusBefore !== undefined && duty.statusBefore === undefined) {
      duty.resume(statusBefore as AgentStatus, clock.now());
    }
    duty.owe({ decisionId, offer, until: clock.now() + until - clock.wallNow() });
    this.#watch();
  }
}

function bound(remembered: Map<string, unknown> | Set<string>): void {
  const [oldest] = remembered.keys();
  if (remembered.size >= maxRemembered && oldest !== undefined) remembered.delete(oldest);
}
