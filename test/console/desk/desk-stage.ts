// A desk over ports that the test holds.
import type { CentreCallEvent, StatusAnswer } from '../../../src/callcenter/index.js';
import type { Principal } from '../../../src/console/access/principal.js';
import { DeskOperations } from '../../../src/console/desk/desk-operations.js';
import type { DeskPorts, DeskRecords, KnownCall } from '../../../src/console/desk/desk-ports.js';
import { Desk } from '../../../src/console/desk/desk.js';
import { silentLogger } from '../../../src/kernel/index.js';
import { FakeClock } from '../../support/fake-clock.js';

export const ann: Extract<Principal, { kind: 'person' }> = {
  kind: 'person',
  agent: 'ann',
  name: 'Ann',
  role: 'agent',
  partners: [],
  centreAgents: ['east/1001'],
  session: 'session-1',
};

const base = {
  centre: 'east',
  queue: 'sales',
  sessionUuid: 's-1',
  decisionId: 'd-1',
  offerCode: 'GOLD',
  at: 0,
};
export const brought = {
  callerNumber: '+15550100001',
  joinedAt: -3000,
  headers: {
    'x-decision-id': 'd-1',
    'x-offer-id': 'GOLD',
    'x-offer-url': 'https://x/gold',
    'x-offer-presented': 'SAVER:declined, TRAVEL:agent',
    'x-service-offer-id': 'REPAIR',
    'x-service-offer-url': 'https://x/repair',
  },
};
export const offered: CentreCallEvent = { ...base, brought, kind: 'agent-offered', agent: '1001' };
export const answered: CentreCallEvent = {
  ...base,
  brought,
  kind: 'agent-answered',
  agent: '1001',
  waitedMs: 4000,
};
export const ended: CentreCallEvent = { ...base, brought, kind: 'agent-ended', agent: '1001', talkedMs: 10 };
export const failed: CentreCallEvent = { ...base, kind: 'agent-failed', agent: '1001', reason: 'NO_ANSWER' };
export const left: CentreCallEvent = { ...base, kind: 'member-left', cause: 'answered', waitedMs: 10 };

export class DeskStage {
  readonly clock = new FakeClock();
  readonly commands: string[] = [];
  readonly wishes: string[] = [];
  readonly presented: string[] = [];
  answer: (status: string) => Promise<StatusAnswer> = () => Promise.resolve({ kind: 'done' });
  status: string | undefined = 'Available';
  isLive = true;
  isCallerShown = false;
  known: KnownCall | undefined = {
    partner: 'acme',
    caller: '+15550100001',
    offer: 'GOLD',
    offers: [
      { offer: 'GOLD', propensity: 0.2, offerValue: 90, isBoosted: false, removedBy: undefined },
      {
        offer: 'TRAVEL',
        propensity: 0.5,
        offerValue: 45,
        isBoosted: false,
        removedBy: 'resources',
        removedWhy: 'centre down',
      },
      { offer: 'PLATINUM', propensity: 0.9, offerValue: 900, isBoosted: false, removedBy: 'suppression' },
      { offer: 'SAVER', propensity: 0.01, offerValue: 10, isBoosted: true, removedBy: undefined },
    ],
  };
  readonly records: DeskRecords = {
    today: () => Promise.reject(Object.assign(new Error('down'), { code: 'RECORDS_UNAVAILABLE' })),
    undispositioned: () => Promise.resolve([]),
    countUndispositioned: () => Promise.resolve(3),
    catchUp: () => Promise.resolve(),
  };
  readonly ports: DeskPorts = {
    callOf: () => this.known,
    offerOf: (code) =>
      code === 'UNKNOWN'
        ? undefined
        : { name: `${code}!`, kind: code === 'REPAIR' ? 'service' : 'sales', partner: 'acme', hasPage: true },
    partnerName: (partner) => partner.toUpperCase(),
    presentationsOf: () => [{ presentation: 'agent', kind: 'agent', isReachable: true, why: '' }],
    agentOf: (_centre, agent) =>
      this.status === undefined || !this.isLive
        ? undefined
        : { agent, status: this.status as 'Available', state: 'Waiting', since: 0, tiers: [], isFree: true },
    isLive: () => this.isLive,
    setStatus: (centre, agent, status) => {
      this.commands.push(`${centre}/${agent} ${status}`);
      return this.answer(status);
    },
    wished: (_centre, _agent, status) => this.wishes.push(status),
    present: (decisionId, _by, offer) => {
      this.presented.push(`${decisionId} ${offer}`);
      return { kind: 'done' };
    },
    isCallerShown: () => this.isCallerShown,
    records: this.records,
  };
  readonly desk = new Desk({ ports: this.ports, clock: this.clock, log: silentLogger });
  readonly operations = new DeskOperations({ desk: this.desk, ports: this.ports, clock: this.clock });

  /** The first call on the desk of Ann. */
  get call() {
    return this.desk.state(ann).calls[0];
  }

  hear(...events: readonly CentreCallEvent[]): void {
    for (const event of events) this.desk.onCallEvent(event);
  }
}

/** What is promised is done, and what it leads to. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}
