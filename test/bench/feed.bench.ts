// Speed of the feed beside drachtio-modesl's parser, in one run: `npm run bench:feed`. Events of a call as a real FreeSWITCH 1.11
// sends them (some 150 variables each). Figures are of this machine; the ratio holds.
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import Table from 'cli-table3';
import { FrameReader } from '../../src/freeswitch/event-socket/frame-reader.js';
import { CentreModel } from '../../src/freeswitch/feed/centre-model.js';
import { CentreTime } from '../../src/freeswitch/feed/centre-time.js';
import { systemClock } from '../../src/kernel/index.js';

/** Socket reads of the size that Node makes. */
const CHUNK_BYTES = 65_536;
const CALLS = 400;

/** Fields of the channel and its variables, as long and as many as those of a real call. */
const channelLines = Array.from(
  { length: 45 },
  (_, i) => `Caller-Field-${i}: sofia/%2B1555000${1000 + i}%40127.0.0.1`,
);
const variableLines = Array.from(
  { length: 95 },
  (_, i) => `variable_rtp_measure_${i}: ${i * 7919}%3A${'x'.repeat(i % 18)}`,
);

let sequence = 0;

function event(action: string, fields: Readonly<Record<string, string>>, hasChannel: boolean): string {
  const lines = [
    'Event-Subclass: callcenter%3A%3Ainfo',
    'Event-Name: CUSTOM',
    'Core-UUID: 955a574b-5287-4e38-92ed-33caf7b2cbec',
    'FreeSWITCH-Hostname: vm',
    'Event-Date-GMT: Sun,%2022%20Nov%202026%2003%3A11%3A30%20GMT',
    'Event-Date-Timestamp: 1795317090324695',
    'Event-Calling-Function: callcenter_function',
    `Event-Sequence: ${++sequence}`,
    ...(hasChannel
      ? [...channelLines, 'variable_sip_h_X-Decision-ID: 0123456789abcdef', ...variableLines]
      : []),
    ...Object.entries(fields).map(([name, value]) => `${name}: ${encodeURIComponent(value)}`),
    `CC-Action: ${action}`,
  ];
  const body = `${lines.join('\n')}\n\n`;
  return `Content-Length: ${body.length}\nContent-Type: text/event-plain\n\n${body}`;
}

/** The ten events of an answered call, four of them with the whole channel: the mix of a real centre. */
function call(number: number): readonly string[] {
  const agent = { 'CC-Agent': `${1000 + (number % 100)}@default` };
  const member = {
    'CC-Queue': 'sales@default',
    'CC-Member-UUID': `c9a9c7be-03f3-42d6-a3d7-${String(number).padStart(12, '0')}`,
    'CC-Member-Session-UUID': `5461a3d2-a161-4e0a-8c92-${String(number).padStart(12, '0')}`,
    'CC-Member-CID-Number': '+15550001234',
  };
  const state = (text: string): string =>
    event('agent-state-change', { ...agent, 'CC-Agent-State': text }, false);
  const ended = {
    'CC-Agent-Bridged': 'true',
    'CC-Bridge-Terminated-Time': '1795317096',
    'CC-Cause': 'Terminated',
  };
  return [
    event('member-queue-start', member, true),
    event('members-count', { 'CC-Queue': 'sales@default', 'CC-Count': '1' }, false),
    state('Receiving'),
    event('agent-offering', { ...member, ...agent }, false),
    event('bridge-agent-start', { ...member, ...agent }, true),
    state('In a queue call'),
    event('members-count', { 'CC-Queue': 'sales@default', 'CC-Count': '0' }, false),
    event('bridge-agent-end', { ...member, ...agent, ...ended }, true),
    event('member-queue-end', { ...member, ...agent, ...ended }, true),
    state('Waiting'),
  ];
}

function chunks(frames: readonly string[]): readonly Buffer[] {
  const bytes = Buffer.from(frames.join(''));
  return Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, i) =>
    bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
  );
}

const whole = Array.from({ length: CALLS }, (_, i) => call(i)).flat();
const long = Array.from({ length: CALLS * 4 }, (_, i) =>
  event(
    'member-queue-start',
    { 'CC-Queue': 'sales@default', 'CC-Member-UUID': `m${i}`, 'CC-Member-Session-UUID': `s${i}` },
    true,
  ),
);
const mixes = [
  { name: 'calls as they come', frames: whole, pieces: chunks(whole) },
  { name: 'events with a channel', frames: long, pieces: chunks(long) },
] as const;

type Run = (pieces: readonly Buffer[]) => number;

const readFrames: Run = (pieces) => {
  const reader = new FrameReader();
  let events = 0;
  for (const piece of pieces) reader.push(piece, () => events++);
  return events;
};

/** A feed as it runs: every event into the model, a reading and its events of calls for each piece of data. */
const feed: Run = (pieces) => {
  const time = new CentreTime(systemClock);
  const model = new CentreModel({ centre: 'east', domain: 'default', clock: systemClock, time });
  model.watch([{ queue: 'sales', serviceLevelSeconds: 20 }]);
  const moment = { now: 0, heard: 0 };
  const row = { queue: 'sales', hasTierRules: false, skipsExternalCalls: false };
  model.apply({ agents: [], agentsAsked: moment, queues: [row], members: [], portsInUse: undefined });
  const reader = new FrameReader();
  let events = 0;
  for (const piece of pieces) {
    reader.push(piece, (frame) => {
      if (frame.kind !== 'event') return;
      model.meetCore(frame.headers.get('Core-UUID') ?? '');
      model.hear(frame.headers);
      events++;
    });
    model.reading(systemClock.now());
    model.takeCallEvents();
  }
  return events;
};

interface PeerParser {
  on(name: string, listener: () => void): void;
}
const Parser = createRequire(import.meta.url)('drachtio-modesl/lib/esl/Parser.js') as new (
  socket: EventEmitter,
) => PeerParser;

/** Frames to event objects, nothing else done with them. */
const modesl: Run = (pieces) => {
  const socket = new EventEmitter();
  const parser = new Parser(socket);
  let events = 0;
  parser.on('esl::event', () => events++);
  // It keeps what is given to it, as a socket's buffers are its own to keep.
  for (const piece of pieces) socket.emit('data', piece);
  return events;
};

const cases: readonly (readonly [name: string, run: Run])[] = [
  ['frames found', readFrames],
  ['the feed: frames, model, readings, calls', feed],
  ['drachtio-modesl: frames to event objects', modesl],
];

/** CPU of this process for one event, in microseconds: other programs on the machine do not count. */
function measure(run: Run, pieces: readonly Buffer[]): number {
  const before = process.cpuUsage();
  const events = run(pieces);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / events;
}

const table = new Table({
  head: ['events', 'case', 'us of CPU an event', 'events/s'],
  colAligns: ['left', 'left', 'right', 'right'],
  style: { head: [], border: [] },
});
for (const { name, frames, pieces } of mixes) {
  const meanBytes = Math.round(pieces.reduce((sum, piece) => sum + piece.length, 0) / frames.length);
  const best = cases.map(() => Infinity);
  // All cases in turn, so that a busy moment of the machine falls on each; the best round of a case counts.
  for (let round = 0; round < 6; round++) {
    for (const [i, [, run]] of cases.entries()) best[i] = Math.min(best[i] ?? Infinity, measure(run, pieces));
  }
  for (const [i, [title]] of cases.entries()) {
    const us = best[i] ?? NaN;
    const label = i === 0 ? `${name}, ${meanBytes} bytes on average` : '';
    table.push([label, title, us.toFixed(2), Math.round(1e6 / us).toLocaleString('en-US')]);
  }
}
process.stdout.write(`best of 6 rounds, Node ${process.version}\n${table.toString()}\n`);
