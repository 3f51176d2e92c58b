// Settings of a small centre, and the loop that plans and applies.
import { applyPlan, desiredCentre, planCentre, readActualCentre } from '../../../src/freeswitch/index.js';
import type {
  ApplyOutcome,
  CentrePlan,
  DesiredCentre,
  Ledger,
  LedgerStore,
} from '../../../src/freeswitch/index.js';
import { CentresSchema } from '../../../src/config/index.js';
import type { AgentSettings, Centre, SkillStep } from '../../../src/config/index.js';
import { Value } from 'typebox/value';
import type { ModelCentre } from './model-centre.js';

export const today = '2026-11-26';

export const cardSteps: readonly SkillStep[] = [
  { skills: [{ skill: 'cards', level: 7 }], forSeconds: 20 },
  { skills: [{ skill: 'cards', level: 4 }], forSeconds: 20 },
  { skills: [] },
];

export interface AgentWish extends Partial<Omit<AgentSettings, 'agent' | 'skills'>> {
  readonly agent: string;
  /** Level by skill. */
  readonly skills?: Readonly<Record<string, number>>;
}

/** A centre as the settings have it, every default filled in. */
export function centreOf(
  agents: readonly AgentWish[],
  queues: Readonly<Record<string, readonly SkillStep[] | undefined>> = { cards: cardSteps },
): Centre {
  const centre = {
    centre: 'east',
    host: '127.0.0.1',
    healthCheck: {},
    eventSocket: {},
    agents: agents.map((one) => ({
      ...one,
      skills: Object.entries(one.skills ?? {}).map(([skill, level]) => ({ skill, level })),
    })),
    queues: Object.entries(queues).map(([queue, requires]) => ({
      queue,
      staffedAgents: 1,
      ...(requires === undefined ? {} : { requires }),
    })),
  };
  const filled = Value.Parse(CentresSchema, Value.Default(CentresSchema, { centres: [centre] }));
  return filled.centres[0]!;
}

export function wishOf(
  agents: readonly AgentWish[],
  queues?: Readonly<Record<string, readonly SkillStep[] | undefined>>,
): DesiredCentre {
  return desiredCentre(centreOf(agents, queues), [], today);
}

/** A ledger in memory; what was written is what stays after a crash. */
export class MemoryLedger implements LedgerStore {
  ledger: Ledger = { agents: new Set(), tiers: new Map() };
  writes = 0;

  read(): Ledger {
    return this.ledger;
  }

  write({ agents, tiers }: Ledger): void {
    this.writes += 1;
    this.ledger = { agents: new Set(agents), tiers: new Map(tiers) };
  }
}

export async function planAt(
  centre: ModelCentre,
  ledger: LedgerStore,
  desired: DesiredCentre,
): Promise<CentrePlan> {
  return planCentre(desired, await readActualCentre(centre), ledger.read());
}

export async function applyAt(
  centre: ModelCentre,
  ledger: LedgerStore,
  desired: DesiredCentre,
): Promise<ApplyOutcome> {
  return applyPlan(await planAt(centre, ledger, desired), desired, { commands: centre, ledger });
}

/** The XML has what the settings ask for. */
export function withXml(centre: ModelCentre, desired: DesiredCentre): ModelCentre {
  for (const { name, parameters } of desired.queues) centre.xml.set(name, { ...parameters });
  return centre;
}
