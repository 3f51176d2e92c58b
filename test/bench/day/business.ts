// The business of the simulated day: two partners, three centres, sellers who also serve, IVR pools that both partners share.
import { centre, offer, partner, presentation, queue, settingsOf } from '../../decision/call-centre.js';
import type { Offer, Settings } from '../../../src/config/index.js';

export const centreNames = ['east', 'west', 'north'] as const;

/** Agents of one centre who serve the same queues, those of `queues` in tier order. */
export interface AgentGroup {
  readonly centre: string;
  readonly agents: number;
  readonly queues: readonly string[];
}

const acmeSeller = ['acme-sales', 'service'];
const borealisSeller = ['borealis-sales', 'service'];
const bothSeller = ['acme-sales', 'borealis-sales', 'service'];

/** 52 agents; those of the north sell for both partners, all sellers help with service. */
export const agentGroups: readonly AgentGroup[] = [
  { centre: 'east', agents: 8, queues: acmeSeller },
  { centre: 'east', agents: 3, queues: borealisSeller },
  { centre: 'east', agents: 7, queues: ['service'] },
  { centre: 'west', agents: 4, queues: acmeSeller },
  { centre: 'west', agents: 6, queues: borealisSeller },
  { centre: 'west', agents: 7, queues: ['service'] },
  { centre: 'north', agents: 10, queues: bothSeller },
  { centre: 'north', agents: 7, queues: ['service'] },
];

const skills: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  east: { 'acme-sales': 8, 'borealis-sales': 4, service: 5 },
  west: { 'acme-sales': 4, 'borealis-sales': 7, service: 5 },
  north: { 'acme-sales': 6, 'borealis-sales': 6, service: 5 },
};

function staffed(at: string, name: string): number {
  const own = agentGroups.filter((one) => one.centre === at && one.queues.includes(name));
  return own.reduce((sum, one) => sum + one.agents, 0);
}

/** By partner: codes of its offers with the propensity and the value that customers are spread about. */
export const usual = {
  acme: [
    ['ACME-PLATINUM', 0.06, 180],
    ['ACME-SAVER', 0.12, 60],
    ['ACME-TRAVEL', 0.18, 45],
  ],
  borealis: [
    ['BOR-FIBRE', 0.08, 210],
    ['BOR-TV', 0.16, 70],
    ['BOR-MOBILE', 0.12, 90],
  ],
} as const;

export type PartnerName = keyof typeof usual;

function offersOf(name: PartnerName): Offer[] {
  const [first, second, third] = usual[name].map(([code]) => code);
  const at = (id: string): string[] => centreNames.map((one) => `${one}/${id}`);
  const agent = presentation('agent', at(`${name}-sales`));
  const ivr = presentation('ivr', at('offer-ivr'), { kind: 'ivr', conversion: 0.6 });
  const of = (code: string | undefined, ways: Offer['presentations']): Offer => ({
    ...offer(code ?? '', ways, { waitCapSeconds: 90 }),
    partner: name,
  });
  return [of(first, [agent]), of(second, [agent, ivr]), of(third, [ivr])];
}

export function dayBusiness(): Settings {
  const serviceQueues = centreNames.map((one) => `${one}/service`);
  return settingsOf({
    centres: centreNames.map((at) =>
      centre(
        at,
        ['acme-sales', 'borealis-sales', 'service'].map((name) =>
          queue(name, {
            staffedAgents: staffed(at, name),
            skillLevel: skills[at]?.[name] ?? 5,
            handlingTimeSeconds: name === 'service' ? 240 : 300,
            costPerCall: name === 'service' ? 1 : 1.2,
          }),
        ),
        [
          {
            program: 'offer-ivr',
            ports: 6,
            quotas: { acme: 4, borealis: 4 },
            holdingTimeSeconds: 75,
            costPerCall: 0.1,
            weight: 1,
            drain: false,
          },
        ],
      ),
    ),
    offers: [...offersOf('acme'), ...offersOf('borealis')],
    partners: [
      partner({ serviceQueues, serviceValue: 1, meanPatienceSeconds: 120 }),
      partner({ partner: 'borealis', serviceQueues, serviceValue: 1, meanPatienceSeconds: 90 }),
    ],
  });
}
