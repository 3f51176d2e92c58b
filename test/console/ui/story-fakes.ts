// Recorded calls as the API tells them: a list of two pages, the story of one, its ladder.
import type {
  ApiArea,
  CallHistory,
  CallHistoryLine,
  LadderView,
  TraceMessage,
  TraceView,
} from '../../../src/console/index.js';
import { callsApi, decisionsApi, traceApi } from '../../../src/console/index.js';
import { decisionId } from './board-fakes.js';

const start = Date.UTC(2026, 10, 26, 10, 0, 0);
const at = (seconds: number): string => new Date(start + seconds * 1000).toISOString();

export const historyLine = (minute: number): CallHistoryLine => ({
  decisionId: minute === 0 ? decisionId : `call-${minute}`,
  callId: `${minute}@carrier`,
  medium: 'call',
  startedAt: at(-60 * minute),
  partner: 'acme',
  caller: '**********01',
  customer: 'c-1',
  arm: minute % 2 === 0 ? 'offer' : 'control',
  offer: minute % 2 === 0 ? 'ACME-PLATINUM' : null,
  reason: minute % 2 === 0 ? 'offer' : 'control-arm',
  result: 'success',
  outcomeReason: minute === 3 ? 'cancelled' : 'answered',
  destination: 'west/acme-sales',
  dispositions: minute === 0 ? [{ offer: 'ACME-PLATINUM', code: 'accepted' }] : [],
  seconds: minute === 3 ? null : 185,
});

const candidate = { offerCode: 'ACME-PLATINUM', presentation: 'agent', propensity: 0.21, offerValue: 180 };

export const story = {
  contact: {
    decisionId,
    medium: 'call',
    partner: 'acme',
    customer: 'c-1',
    callId: '0@carrier',
    trunk: 'carrier-a',
    source: 'udp/192.0.2.1:5060',
    caller: '**********01',
    dialled: '+18005550100',
    startedAt: at(0),
  },
  decisions: [
    {
      decidedAt: at(0.002),
      partner: 'acme',
      customer: 'c-1',
      generation: 12,
      arm: 'offer',
      offer: 'ACME-PLATINUM',
      presentation: 'agent',
      reason: 'offer',
      decisionMs: 1.4,
      words:
        'The call of customer c-1 goes to east/acme-sales with ACME-PLATINUM, because it is worth 30.10 there, more than plain service (0.00).',
      record: {
        settingsId: 'c0ffee12',
        failOpen: [],
        gates: [],
        boardAgeMs: 12,
        candidates: [
          {
            ...candidate,
            destination: 'east/acme-sales',
            waitSeconds: 4,
            patience: 0.97,
            cost: 3,
            value: 30.1,
          },
          {
            ...candidate,
            destination: 'west/acme-sales',
            waitSeconds: 40,
            patience: 0.72,
            cost: 3,
            value: 21.4,
          },
          { offerCode: 'ACME-TRAVEL', removedBy: 'suppression', removedWhy: 'declined 3 days ago' },
          { destination: 'east/service', value: 0 },
        ],
        steps: [
          { destination: 'east/acme-sales', offer: 'ACME-PLATINUM' },
          { destination: 'west/acme-sales', offer: 'ACME-PLATINUM' },
          { destination: 'overflow' },
        ],
      },
    },
  ],
  attempts: [
    attempt(0, 'east/acme-sales', [503, 'Service Unavailable'], 0.09),
    attempt(1, 'west/acme-sales', [200, 'OK'], 0.3),
  ],
  outcome: {
    at: at(0.31),
    result: 'success',
    reason: 'answered',
    status: 200,
    destination: 'west/acme-sales',
    offer: 'ACME-PLATINUM',
    durationMs: 310,
  },
  exposures: [
    {
      offer: 'ACME-PLATINUM',
      presentation: 'agent',
      kind: 'agent',
      destination: 'west/acme-sales',
      state: 'concluded',
      result: 'accepted',
      agent: 'wanda',
      centre: 'west',
      queue: 'acme-sales',
      reservedAt: at(0.01),
      confirmedAt: at(6.2),
      endedAt: at(192),
    },
  ],
  usages: [{ at: at(191), kind: 'agent', destination: 'west/acme-sales', agent: 'wanda', seconds: 185 }],
  dispositions: [disposition(1, 'declined', 'Declined', 200), disposition(2, 'accepted', 'Accepted', 260)],
  learned: {
    revision: 7,
    expiresAt: at(90_000),
    state: {
      offers: [
        { effect: 'withheld', offerCode: 'ACME-PLATINUM', reason: 'accepted', until: start + 86_400_000 },
      ],
    },
  },
};

function attempt(
  number: number,
  destination: string,
  [status, reason]: readonly [number, string],
  seconds: number,
) {
  const uri = `sip:acme-sales@192.0.2.${number + 10}:5060;transport=udp`;
  return { attempt: number, at: at(seconds), destination, uri, offer: 'ACME-PLATINUM', status, reason };
}

function disposition(revision: number, code: string, name: string, seconds: number) {
  return {
    offer: 'ACME-PLATINUM',
    revision,
    isCurrent: revision === 2,
    code,
    name,
    outcome: code,
    countsAsAccepted: code === 'accepted',
    note: revision === 2 ? 'called back at once' : null,
    callbackAt: null,
    source: 'agent',
    agent: 'wanda',
    value: code === 'accepted' ? 180 : null,
    at: at(seconds),
  };
}

export const ladder: LadderView = {
  decisionId,
  lanes: [
    { id: 'carrier-a', kind: 'trunk' },
    { id: 'proffer', kind: 'router' },
    { id: 'east/acme-sales', kind: 'destination' },
    { id: 'west/acme-sales', kind: 'destination' },
    { id: 'west/wanda', kind: 'agent' },
  ],
  rows: [
    row(0, 0, 1, 'INVITE'),
    row(2, 1, 1, 'decided: ACME-PLATINUM by agent'),
    { ...row(2, 1, 2, 'INVITE with ACME-PLATINUM'), isTimeKnown: false, attempt: 1 },
    { ...row(90, 2, 1, '503 Service Unavailable'), tone: 'bad', attempt: 1 },
    { ...row(90, 1, 3, 'INVITE with ACME-PLATINUM'), isTimeKnown: false, attempt: 2 },
    { ...row(300, 3, 1, '200 OK'), tone: 'good', attempt: 2 },
    { ...row(310, 1, 0, '200 answered'), tone: 'good' },
    { ...row(6200, 3, 4, 'connected for ACME-PLATINUM'), tone: 'good' },
    row(191_000, 4, 3, 'talk ended after 185 s'),
  ],
};

function row(atMs: number, from: number, to: number, text: string): LadderView['rows'][number] {
  return { atMs, isTimeKnown: true, from, to, text, tone: 'info', attempt: null };
}

const memory = {
  isOn: true,
  why: 'on',
  messages: 9,
  calls: 2,
  bytes: 9000,
  keepBytes: 16_777_216,
  oldestSeconds: 5,
} as const;

const nothingKept: TraceView = {
  decisionId,
  callIds: [],
  isMasked: true,
  dropped: 0,
  participants: [],
  messages: [],
  last: 9,
  memory,
};

const peerOf = (one: readonly [number, number]): string => (one.includes(2) ? 'b' : '0@carrier');

/** @param what such as `INVITE SDP` or `200 OK` */
function sipMessage(
  number: number,
  atMs: number,
  way: readonly [number, number],
  what: string,
): TraceMessage {
  const [, label = '', marks = ''] = /^(.*?)((?: SDP| again)*)$/.exec(what) ?? [];
  const status = /^\d{3}/.exec(label)?.[0];
  const first = status === undefined ? `${label} sip:+*********00@192.0.2.1 SIP/2.0` : `SIP/2.0 ${label}`;
  const [from, to] = way;
  return {
    number,
    at: at(atMs / 1000),
    atMs,
    from,
    to,
    protocol: 'udp',
    callId: peerOf(way),
    kind: status === undefined ? 'request' : 'response',
    method: 'INVITE',
    status: status === undefined ? null : Number(status),
    label,
    cseq: 1,
    hasSdp: marks.includes('SDP'),
    isRetransmission: marks.includes('again'),
    text: `${first}\r\nFrom: "***" <sip:+*********01@192.0.2.9>;tag=1\r\nCall-ID: ${peerOf(way)}\r\nUser-to-User: ${'64'.repeat(36)};encoding=hex\r\n\r\n`,
  };
}

export const messagesKept: TraceView = {
  ...nothingKept,
  callIds: ['0@carrier', 'b'],
  participants: [
    { address: '192.0.2.9:5060', name: 'carrier-a', kind: 'trunk' },
    { address: '192.0.2.1:5060', name: 'proffer', kind: 'router' },
    { address: '192.0.2.20:5090', name: 'east', kind: 'centre' },
    { address: '192.0.2.30:5090', name: null, kind: 'peer' },
  ],
  messages: [
    sipMessage(1, 0, [0, 1], 'INVITE SDP'),
    sipMessage(2, 0.4, [1, 0], '100 Trying'),
    sipMessage(3, 4, [1, 2], 'INVITE SDP'),
    sipMessage(4, 504, [1, 2], 'INVITE SDP again'),
    sipMessage(5, 590, [2, 1], '503 Service Unavailable'),
    sipMessage(6, 592, [1, 3], 'INVITE SDP'),
    sipMessage(7, 800, [3, 1], '200 OK SDP'),
    sipMessage(8, 801, [1, 0], '200 OK SDP'),
    sipMessage(9, 802, [0, 1], 'ACK'),
  ],
};

/** The list remembers what it was asked. @param trace the SIP messages of every call; default none are kept */
export function storyAreas(
  asked: Parameters<CallHistory['list']>[0][] = [],
  trace: TraceView = nothingKept,
): readonly ApiArea[] {
  return [
    traceApi({ trace: () => trace, list: () => ({ calls: [], memory }) }),
    callsApi({
      list: (filter) => {
        asked.push(filter);
        const all = Array.from({ length: 60 }, (_, minute) => historyLine(minute));
        const { before, offer } = filter;
        return Promise.resolve(
          all
            .filter((one) => before === undefined || Date.parse(one.startedAt) < before.startedAt.getTime())
            .filter((one) => offer === undefined || one.offer === offer)
            .slice(0, filter.limit),
        );
      },
      ladder: () => Promise.resolve({ kind: 'ladder', owners: { partner: 'acme', agents: [] }, ladder }),
      names: () => ({
        partners: [{ partner: 'acme', name: 'Acme Bank' }],
        offers: [{ offer: 'ACME-PLATINUM', name: 'Platinum card', partner: 'acme' }],
      }),
    }),
    decisionsApi({
      story: (id) => Promise.resolve(id === decisionId ? { kind: 'story', story } : { kind: 'unknown' }),
    }),
  ];
}
