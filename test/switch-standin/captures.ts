// The transcripts of a real FreeSWITCH, read for comparison. They are kept outside the repository.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EventHeader } from '../../src/switch-standin/index.js';

const folder = path.resolve(process.cwd(), '..', 'shared', 'captures', 'freeswitch');

/** Why tests that need the transcripts cannot run, or false. */
export const noCaptures: string | false = existsSync(folder) ? false : 'the transcripts are not here';

/** Of the FreeSWITCH that was recorded. */
export const capturedVersion = '1.11.3-dev git cc93a68 2026-08-21 14:10:14Z 64bit';
export const capturedLoad = {
  sessions: 0,
  sessionsSinceStart: 0,
  sessionsPeak: 0,
  sessionsPerSecond: 0,
  sessionsPerSecondPeak: 0,
  idleCpu: 61.7,
} as const;

export function readCapture(name: string): string {
  return readFileSync(path.join(folder, name), 'latin1');
}

/** What the client sent and what came back, up to the next line that it sent. */
export interface Exchange {
  /** Undefined for what came before the first line. */
  readonly sent: string | undefined;
  readonly received: string;
}

/** The exchanges of a transcript; the blank line that stands before each line of the client is not part of an answer. */
export function readExchanges(name: string): readonly Exchange[] {
  const parts = readCapture(name).split(/^>>> /m);
  return parts.map((part, i) => {
    const end = i === 0 ? -1 : part.indexOf('\n');
    return {
      sent: i === 0 ? undefined : part.slice(0, end),
      received: part.slice(end + 1).replace(/\n(# peer closed\n+)?$/, ''),
    };
  });
}

/** One event of a transcript: the frame as it came, and its headers, unescaped. */
export interface CapturedEvent {
  readonly frame: string;
  readonly headers: readonly EventHeader[];
}

/** Every event-plain frame of a transcript, in order. */
export function readPlainEvents(name: string): readonly CapturedEvent[] {
  const text = readCapture(name);
  const events: CapturedEvent[] = [];
  for (const match of text.matchAll(/Content-Length: (\d+)\nContent-Type: text\/event-plain\n\n/g)) {
    const start = match.index + match[0].length;
    const body = text.slice(start, start + Number(match[1]));
    const headers = body.split('\n').flatMap((line): EventHeader[] => {
      const colon = line.indexOf(': ');
      if (colon < 0) return [];
      const value = line.slice(colon + 2);
      return [[line.slice(0, colon), value === '_undef_' ? '' : decodeURIComponent(value)]];
    });
    events.push({ frame: match[0] + body, headers });
  }
  return events;
}
