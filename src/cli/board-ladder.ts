// The ladder of a recorded call: which messages went where, as far as the decision log tells it. The router keeps no messages.
import type { LadderRow, LadderView } from '../console/index.js';
import type { CallStory, StoryAttempt } from '../records/index.js';

type Lane = LadderView['lanes'][number];
type Outcome = NonNullable<CallStory['outcome']>;

const trunk = 0;
const router = 1;

class Ladder {
  readonly lanes: Lane[];
  readonly rows: LadderRow[] = [];
  readonly #start: number;

  constructor(trunkName: string, start: Date) {
    this.lanes = [
      { id: trunkName, kind: 'trunk' },
      { id: 'proffer', kind: 'router' },
    ];
    this.#start = start.getTime();
  }

  lane(id: string, kind: Lane['kind']): number {
    const known = this.lanes.findIndex((one) => one.id === id && one.kind === kind);
    return known >= 0 ? known : this.lanes.push({ id, kind }) - 1;
  }

  row(at: Date, [from, to]: readonly [number, number], text: string, more: Partial<LadderRow> = {}): void {
    const atMs = at.getTime() - this.#start;
    this.rows.push({ atMs, isTimeKnown: true, from, to, text, tone: 'info', attempt: null, ...more });
  }
}

export function ladderOf(story: CallStory): LadderView {
  const { contact, decisions, outcome } = story;
  const ladder = new Ladder(contact.trunk ?? 'trunk', contact.startedAt);
  ladder.row(contact.startedAt, [trunk, router], contact.medium === 'call' ? 'INVITE' : contact.medium);
  for (const { decidedAt, offer, presentation } of decisions) {
    const what = offer === null ? 'plain service' : `${offer} by ${presentation ?? '?'}`;
    ladder.row(decidedAt, [router, router], `decided: ${what}`);
  }
  const isRedirected = outcome?.reason === 'redirected';
  if (isRedirected) redirectRows(ladder, outcome);
  let earliest = decisions[0]?.decidedAt ?? contact.startedAt;
  for (const attempt of story.attempts) {
    attemptRows(ladder, attempt, earliest);
    earliest = attempt.at;
  }
  if (outcome !== undefined && !isRedirected) outcomeRows(ladder, outcome);
  agentRows(ladder, story);
  const rows = ladder.rows
    .map((row, i) => ({ row, i }))
    .sort((a, b) => a.row.atMs - b.row.atMs || a.i - b.i)
    .map(({ row }) => row);
  return { decisionId: contact.decisionId, lanes: ladder.lanes, rows };
}

/** Where the trunk goes then nobody tells us: it was told to try this first. */
function redirectRows(ladder: Ladder, { at, destination, offer }: Outcome): void {
  ladder.row(at, [router, trunk], '302 Moved Temporarily', { tone: 'good' });
  if (destination === null) return;
  const what = offer === null ? 'INVITE' : `INVITE with ${offer}`;
  ladder.row(at, [trunk, ladder.lane(destination, 'destination')], what, { isTimeKnown: false });
}

function attemptRows(ladder: Ladder, one: StoryAttempt, earliest: Date): void {
  const { at, destination, offer, status, reason } = one;
  const attempt = one.attempt + 1;
  const lane = ladder.lane(destination, 'destination');
  const what = offer === null ? 'INVITE' : `INVITE with ${offer}`;
  ladder.row(earliest, [router, lane], what, { attempt, isTimeKnown: false });
  const isAnswer = status !== null && status < 300;
  const text = status === null ? `no answer: ${reason}` : `${status} ${reason}`;
  const way: readonly [number, number] = status === null ? [lane, lane] : [lane, router];
  ladder.row(at, way, text, { attempt, tone: isAnswer ? 'good' : 'bad' });
}

function outcomeRows(ladder: Ladder, { at, status, reason, result }: Outcome): void {
  const tone = result === 'success' ? 'good' : 'bad';
  if (reason === 'cancelled') ladder.row(at, [trunk, router], 'CANCEL', { tone });
  if (status !== null) ladder.row(at, [router, trunk], `${status} ${reason}`, { tone });
  else if (reason !== 'cancelled') ladder.row(at, [router, router], reason, { tone });
}

/** What happened at the centre, as its events told it. */
function agentRows(ladder: Ladder, { exposures, usages }: CallStory): void {
  for (const { agent, centre, destination, confirmedAt, offer, kind } of exposures) {
    if (confirmedAt === null) continue;
    const place = ladder.lane(destination, 'destination');
    if (kind !== 'agent' || agent === null)
      ladder.row(confirmedAt, [place, place], `presents ${offer}`, { tone: 'good' });
    else {
      const who = ladder.lane(`${centre ?? ''}/${agent}`, 'agent');
      ladder.row(confirmedAt, [place, who], `connected for ${offer}`, { tone: 'good' });
    }
  }
  for (const { at, agent, destination, seconds, kind } of usages) {
    const place = ladder.lane(destination, 'destination');
    const time = `${seconds.toFixed(0)} s`;
    if (kind === 'ivr' || agent === null) ladder.row(at, [place, place], `port free after ${time}`);
    else {
      const who = ladder.lane(`${destination.split('/', 1)[0] ?? ''}/${agent}`, 'agent');
      ladder.row(at, [who, place], `talk ended after ${time}`);
    }
  }
}
