// The messages of a call as a ladder on a terminal: a column an address, an arrow a message.
import { textTable } from '../kernel/index.js';
import type { TraceList, TraceMemory, TraceMessage, TraceParticipant, TraceView } from '../console/index.js';
import type { Paint } from './explain-text.js';
import { plain } from './report-text.js';

export interface TracePaint extends Paint {
  readonly cyan: (text: string) => string;
}

/** Of one column; an arrow over one of them has room for its words. */
const laneWidth = 28;
const timeWidth = 22;

/** Draws what is new each time it is asked, so that a call can be followed. */
export class TraceLadder {
  readonly #paint: TracePaint;
  #lanes: readonly TraceParticipant[] = [];
  #lastMs: number | undefined;

  constructor(paint: TracePaint) {
    this.#paint = paint;
  }

  /** The head once, and again whenever somebody joins; then an arrow for each message. */
  lines({ participants, messages }: Pick<TraceView, 'participants' | 'messages'>): readonly string[] {
    if (messages.length === 0) return [];
    const isSame =
      participants.length === this.#lanes.length &&
      participants.every(({ address }, i) => address === this.#lanes[i]?.address);
    const again = this.#lanes.length > 0 ? [''] : [];
    const head = isSame ? [] : [...again, ...this.#head(participants)];
    this.#lanes = participants;
    return [...head, ...messages.map((message) => this.#arrow(message))];
  }

  #head(lanes: readonly TraceParticipant[]): readonly string[] {
    const row = (texts: readonly string[]): string =>
      ' '.repeat(timeWidth) + texts.map((text) => centred(text)).join('');
    return [
      this.#paint.bold(row(lanes.map(nameOf)).trimEnd()),
      row(lanes.map(({ address }) => address)).trimEnd(),
      row(lanes.map(() => '|')).trimEnd(),
    ];
  }

  #arrow(message: TraceMessage): string {
    const { from, to, atMs, status, kind, isRetransmission } = message;
    const since = this.#lastMs === undefined ? '' : `+${secondsOf(atMs - this.#lastMs)}`;
    this.#lastMs = atMs;
    const time = `${secondsOf(atMs).padStart(9)} ${this.#paint.dim(since.padStart(10))}  `;
    const words = [
      message.label,
      ...(message.hasSdp ? ['(SDP)'] : []),
      ...(isRetransmission ? ['again'] : []),
    ].join(' ');
    const drawn = row(this.#lanes.length, [from, to], plain(words));
    const colour = kind === 'malformed' ? this.#paint.red : colourOf(status, this.#paint);
    const painted = isRetransmission ? this.#paint.dim(drawn.arrow) : colour(drawn.arrow);
    return (time + drawn.before + painted + drawn.after).trimEnd();
  }
}

interface Drawn {
  readonly before: string;
  readonly arrow: string;
  readonly after: string;
}

/** The bar of a column stands in its middle. */
const barAt = (lane: number): number => lane * laneWidth + Math.floor(laneWidth / 2);

function row(lanes: number, [from, to]: readonly [number, number], words: string): Drawn {
  const [left, right] = from < to ? [from, to] : [to, from];
  const bars = (first: number, last: number, start: number): string => {
    let text = '';
    for (let lane = first; lane <= last; lane += 1) text = `${text.padEnd(barAt(lane) - start)}|`;
    return text;
  };
  const before = bars(0, left, 0);
  if (left === right) {
    const note = ` * ${words}`;
    return { before, arrow: note, after: '' };
  }
  const room = barAt(right) - barAt(left) - 1;
  const label = ` ${words} `.slice(0, room - 4);
  const side = Math.max(1, Math.floor((room - label.length) / 2));
  const line = `${'-'.repeat(side)}${label}`.padEnd(room, '-');
  const arrow = from < to ? `${line.slice(0, -1)}>` : `<${line.slice(1)}`;
  return { before, arrow, after: bars(right, lanes - 1, barAt(right)) };
}

function centred(text: string): string {
  const shown = text.slice(0, laneWidth - 1);
  const left = Math.floor(laneWidth / 2) - Math.floor(shown.length / 2);
  return `${' '.repeat(Math.max(0, left))}${shown}`.padEnd(laneWidth);
}

function nameOf({ name, kind }: TraceParticipant, place: number): string {
  switch (kind) {
    case 'router':
      return 'Proffer';
    case 'trunk':
      return `trunk ${name ?? ''}`;
    case 'centre':
      return `centre ${name ?? ''}`;
    case 'peer':
      return place === 0 ? 'caller' : '';
  }
}

function colourOf(status: number | null, { green, red, cyan }: TracePaint): (text: string) => string {
  if (status === null || status < 200) return (text) => text;
  if (status < 300) return green;
  return status < 400 ? cyan : red;
}

function secondsOf(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Each message whole, below a line that says whose it is. */
export function fullTexts(
  { participants, messages }: Pick<TraceView, 'participants' | 'messages'>,
  paint: TracePaint,
): readonly string[] {
  return messages.flatMap(({ number, at, from, to, protocol, isRetransmission, text }) => [
    '',
    paint.bold(
      `#${number}  ${at}  ${participants[from]?.address ?? ''} -> ${participants[to]?.address ?? ''} ${protocol}` +
        (isRetransmission ? ', sent again' : ''),
    ),
    // The network may send whatever a terminal obeys.
    ...text.trimEnd().split(/\r?\n/).map(plain),
  ]);
}

/** @param setting what says how much is kept */
export function listLines({ calls, memory }: TraceList, setting?: string): readonly string[] {
  if (calls.length === 0) return [`no call is kept; ${memoryWords(memory, setting)}`];
  const rows = calls.map((call) => [
    call.startedAt.slice(0, 23).replace('T', ' '),
    plain(call.callId),
    call.decisionId ?? '-',
    String(call.messages),
    plain(call.label),
    plain(call.from),
    plain(call.to),
    call.peer,
  ]);
  const heads = ['FIRST (UTC)', 'CALL-ID', 'DECISION ID', 'MESSAGES', 'BEGAN WITH', 'FROM', 'TO', 'PEER'];
  // An engine alone decides nothing.
  const isDecided = calls.some(({ decisionId }) => decisionId !== null);
  const shown = <Cell>(cells: readonly Cell[]): Cell[] => cells.filter((_, at) => isDecided || at !== 2);
  return [
    ...textTable(
      shown(heads).map((head) => ({ head })),
      rows.map(shown),
    ),
    '',
    memoryWords(memory, setting),
  ];
}

/** What is in memory, or why nothing is. */
export function memoryWords(memory: TraceMemory, setting = 'sip.trace.keepBytes'): string {
  if (memory.why === 'drachtio-server')
    return 'SIP messages are not seen here: a drachtio-server speaks SIP (sip.engine), and Proffer sees none of its messages';
  if (memory.why === 'off') return `no SIP messages are kept: ${setting} is 0`;
  const { messages, calls, bytes, keepBytes, oldestSeconds } = memory;
  const mib = (size: number): string => `${(size / 1024 / 1024).toFixed(1)} MiB`;
  const age = oldestSeconds === null ? '' : `, the oldest ${oldestSeconds} s old`;
  return `kept are ${messages} messages of ${calls} calls${age}; ${mib(bytes)} of ${mib(keepBytes)} (${setting})`;
}
