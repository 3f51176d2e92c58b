// A SIP ladder as text: one lane for the caller and one for each far end, an arrow for each message.
import pc from 'picocolors';
import type { LadderEntry } from '../switch-standin/index.js';

export interface LadderNames {
  /** `address:port` of the caller. */
  readonly address: string;
  /** What to call a far end, by its `address:port`. */
  readonly names: ReadonlyMap<string, string>;
}

const laneWidth = 30;

export function ladderLines(
  ladder: readonly LadderEntry[],
  { address, names }: LadderNames,
): readonly string[] {
  const peers = [...new Set(ladder.map(({ peer }) => peer))];
  const title = ['caller', ...peers.map((peer) => names.get(peer) ?? '')];
  const lanes = [address, ...peers];
  return [
    pc.bold(
      title
        .map((text) => text.padEnd(laneWidth))
        .join('')
        .trimEnd(),
    ),
    lanes
      .map((text) => text.padEnd(laneWidth))
      .join('')
      .trimEnd(),
    ...ladder.map((entry) => arrow(entry, peers.indexOf(entry.peer) + 1, lanes.length)),
  ];
}

function arrow({ atMs, isSent, text }: LadderEntry, lane: number, lanes: number): string {
  const span = lane * laneWidth - 1;
  const label = ` ${text} `.slice(0, span - 4);
  const line = isSent ? `--${label}`.padEnd(span - 1, '-') + '>' : `<-${label}`.padEnd(span, '-');
  const rest = Array.from({ length: lanes - 1 - lane }, () => `${' '.repeat(laneWidth - 1)}|`).join('');
  const time = `${atMs.toFixed(1).padStart(9)} ms`;
  return `|${colour(text)(line)}|${rest}${pc.dim(time)}`;
}

function colour(text: string): (line: string) => string {
  const status = /^(\d)\d\d/.exec(text)?.[1];
  if (status === '2') return pc.green;
  if (status === '3') return pc.cyan;
  if (status !== undefined && status !== '1') return pc.red;
  return (line) => line;
}
