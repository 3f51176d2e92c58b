// A plan carried out step by step. A step that FreeSWITCH refuses is named and the others go on, without those that need it; when no
// answer comes at all, nothing further is sent.
import type { DesiredCentre } from './desired-centre.js';
import type { LedgerStore } from './ledger.js';
import { LedgerKeeper } from './ledger-keeper.js';
import { isQueueStep, QueueLoader } from './load-queues.js';
import type { QueueStep } from './load-queues.js';
import type { CentrePlan, PlanStep } from './plan.js';
import { stepCommand } from './step-command.js';
import type { CommandStep } from './step-command.js';
import type { SwitchCommands } from './switch-commands.js';

/** A step that was not done, and why. */
export interface FailedStep {
  readonly step: PlanStep;
  /** Of a refused one what FreeSWITCH said, or what is wrong with its XML. */
  readonly said: string;
}

export interface ApplyOutcome {
  readonly done: readonly PlanStep[];
  readonly refused: readonly FailedStep[];
  /** Left out, because a step that they need was refused. */
  readonly skipped: readonly FailedStep[];
  /** The first step without an answer and what was thrown; nothing after it was sent, and whether it was done nobody can say. */
  readonly stopped?: { readonly step: PlanStep; readonly error: unknown };
}

export interface ApplyOptions {
  readonly commands: SwitchCommands;
  readonly ledger: LedgerStore;
  /** Called after each step. */
  readonly tell?: (done: number, total: number) => void;
}

/**
 * Carries out a plan. What it returns says what became of each step; it can be planned and applied again at any time.
 * @throws LedgerError when the ledger cannot be written: nothing more is sent then
 */
export async function applyPlan(
  plan: CentrePlan,
  desired: DesiredCentre,
  options: ApplyOptions,
): Promise<ApplyOutcome> {
  return new PlanApplication(plan, desired, options).carryOut();
}

class PlanApplication {
  readonly #plan: CentrePlan;
  readonly #options: ApplyOptions;
  readonly #keeper: LedgerKeeper;
  readonly #loader: QueueLoader;
  readonly #done: PlanStep[] = [];
  readonly #refused: FailedStep[] = [];
  readonly #skipped: FailedStep[] = [];
  readonly #missingQueues = new Set<string>();
  readonly #missingAgents = new Set<string>();

  constructor(plan: CentrePlan, desired: DesiredCentre, options: ApplyOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#keeper = new LedgerKeeper(options.ledger, plan.steps);
    this.#loader = new QueueLoader(options.commands, desired);
  }

  async carryOut(): Promise<ApplyOutcome> {
    const { steps, forgotten } = this.#plan;
    const outcome = { done: this.#done, refused: this.#refused, skipped: this.#skipped };
    this.#keeper.forget(forgotten.agents, forgotten.tiers);
    for (const [index, step] of steps.entries()) {
      try {
        await this.#carryOut(step);
      } catch (error) {
        this.#keeper.close();
        return { ...outcome, stopped: { step, error } };
      }
      this.#options.tell?.(index + 1, steps.length);
    }
    this.#keeper.close();
    return outcome;
  }

  async #carryOut(step: PlanStep): Promise<void> {
    if (isQueueStep(step)) {
      await this.#loadQueue(step);
      return;
    }
    const need = this.#missingNeed(step);
    if (need === undefined) await this.#send(step);
    else this.#skipped.push({ step, said: need });
  }

  async #loadQueue(step: QueueStep): Promise<void> {
    const outcome = await this.#loader.carryOut(step);
    if (outcome.isDone) {
      this.#done.push(step);
      return;
    }
    this.#refused.push({ step, said: outcome.said });
    if (step.kind === 'load-queue') this.#missingQueues.add(step.queue);
  }

  async #send(step: CommandStep): Promise<void> {
    this.#keeper.beforeSending(step);
    const said = (await this.#options.commands.run(stepCommand(step))).trim();
    if (said.startsWith('+OK')) {
      this.#done.push(step);
      this.#keeper.removed(step);
      return;
    }
    this.#refused.push({ step, said: said === '' ? 'nothing' : said });
    this.#keeper.refused(step);
    if (step.kind === 'add-agent') this.#missingAgents.add(step.agent);
  }

  /** Removing needs nothing: FreeSWITCH takes out what is there. */
  #missingNeed(step: CommandStep): string | undefined {
    if (step.kind === 'remove-tier' || step.kind === 'remove-agent') return undefined;
    if ('queue' in step && this.#missingQueues.has(step.queue)) return `${step.queue} is not loaded`;
    return this.#missingAgents.has(step.agent) ? `${step.agent} was not added` : undefined;
  }
}
