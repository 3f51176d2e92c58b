// What the supervisor board shows, read from snapshots that exist already: nothing is asked, and nothing of it is on the way of a call.
import type { CallRouter } from '../calls/index.js';
import type { BoardScope, BoardState, LiveOperations } from '../console/index.js';
import { isInScope } from '../console/index.js';
import type { AgentView, QueueView } from '../console/index.js';
import type { Clock } from '../kernel/index.js';
import type { LiveCentres } from './live-centres.js';
import { seenDestinations } from './seen-destinations.js';

export interface BoardReadParts {
  readonly router: Pick<CallRouter, 'settings' | 'plan' | 'heard'>;
  readonly centres: { readonly feeds: Pick<LiveCentres['feeds'], 'feeds'> };
  readonly live: LiveOperations;
  readonly clock: Clock;
}

export type BoardNow = Pick<BoardState, 'at' | 'queues' | 'places' | 'agents'>;
type BoardQueue = BoardState['queues'][number];
type BoardAgent = BoardState['agents'][number];

/** A trunk that sent nothing for longer is not known to be up. */
export const trunkHeardMs = 300_000;

/** Of queues that are derived for a presentation, as the feeds have it. */
const defaultServiceLevelSeconds = 20;

/** The moment, as far as it is of the partners. */
export function boardNow(parts: BoardReadParts, scope: BoardScope): BoardNow {
  const { router, live, clock } = parts;
  const isSeen = seenDestinations(router, scope);
  const agents = live.agents();
  const queues = live.queues().filter(({ destination }) => isSeen(destination));
  return {
    at: clock.wallNow(),
    queues: boardQueues(parts, queues, agents),
    places: [
      ...centrePlaces(live, scope === undefined ? undefined : queues),
      ...trunkPlaces(router, clock.now()),
    ],
    agents: boardAgents(live, agents, scope).filter(
      ({ centre, queues: served }) =>
        scope === undefined || served.some((queue) => isSeen(`${centre}/${queue}`)),
    ),
  };
}

function boardQueues(
  { router, centres }: BoardReadParts,
  queues: readonly QueueView[],
  agents: readonly AgentView[],
): readonly BoardQueue[] {
  const feeds = new Map(centres.feeds.feeds.map((feed) => [feed.centre, feed]));
  const targets = new Map<string, number>(
    router.settings.centres.centres.flatMap(({ centre, queues: all }) =>
      all.map((one) => [`${centre}/${one.queue}`, one.serviceLevelSeconds] as const),
    ),
  );
  const states = statesByQueue(agents);
  return queues.map(({ membersWaiting, ...queue }) => {
    const { destination, kind } = queue;
    const [centre = '', name = ''] = destination.split('/');
    const feed = feeds.get(centre);
    const isFed = feed?.reading?.queues.has(name) === true && feed.status.state === 'live';
    return {
      ...queue,
      waiting: membersWaiting,
      agentsByState: kind === 'queue' && isFed ? (states.get(destination) ?? {}) : undefined,
      serviceLevel: isFed ? queue.serviceLevel : undefined,
      serviceLevelSeconds:
        kind === 'queue' ? (targets.get(destination) ?? defaultServiceLevelSeconds) : undefined,
      isStuck: feed?.stuckQueues.includes(name) === true,
    };
  });
}

function statesByQueue(agents: readonly AgentView[]): ReadonlyMap<string, Record<string, number>> {
  const states = new Map<string, Record<string, number>>();
  for (const agent of agents) {
    const state = shownAs(agent);
    for (const { queue } of agent.tiers) {
      const id = `${agent.centre}/${queue}`;
      const counts = states.get(id) ?? {};
      counts[state] = (counts[state] ?? 0) + 1;
      states.set(id, counts);
    }
  }
  return states;
}

function centrePlaces(live: LiveOperations, queues: readonly QueueView[] | undefined): BoardState['places'] {
  const seen = queues && new Set(queues.map(({ destination }) => destination.split('/', 1)[0]));
  return live
    .centres()
    .filter(({ centre }) => seen?.has(centre) !== false)
    .map(({ centre, feed, reason, ageMs, isUp }) => ({
      id: centre,
      kind: 'centre',
      isUp,
      feed,
      feedAgeMs: ageMs,
      detail: reason,
      heardMs: undefined,
    }));
}

function trunkPlaces({ settings, heard }: BoardReadParts['router'], now: number): BoardState['places'] {
  return settings.trunks.trunks.map(({ trunk }) => {
    const at = heard.get(trunk);
    const heardMs = at === undefined ? undefined : Math.max(0, Math.round(now - at));
    return {
      id: trunk,
      kind: 'trunk',
      isUp: heardMs !== undefined && heardMs <= trunkHeardMs ? true : undefined,
      feed: undefined,
      feedAgeMs: undefined,
      detail: undefined,
      heardMs,
    };
  });
}

function boardAgents(
  live: LiveOperations,
  agents: readonly AgentView[],
  scope: BoardScope,
): readonly BoardAgent[] {
  const calls = new Map(
    live
      .calls()
      .filter(
        ({ partner, state }) => isInScope(scope, partner) && (state === 'ringing' || state === 'talking'),
      )
      .map(({ centre = '', agent = '', decisionId }) => [`${centre}/${agent}`, decisionId]),
  );
  return agents.map((one) => ({
    centre: one.centre,
    agent: one.agent,
    status: one.status,
    state: one.state,
    shownAs: shownAs(one),
    sinceMs: one.sinceMs,
    queues: one.tiers.map(({ queue }) => queue),
    decisionId: calls.get(`${one.centre}/${one.agent}`),
  }));
}

/** A call counts before the status: who talks and has asked for a break talks. */
export function shownAs({
  status,
  state,
  isFree,
}: Pick<AgentView, 'status' | 'state' | 'isFree'>): BoardAgent['shownAs'] {
  if (state === 'In a queue call') return 'talking';
  if (state === 'Receiving' || state === 'Reserved') return 'ringing';
  if (status === 'Logged Out') return 'logged-out';
  if (status === 'On Break') return 'on-break';
  if (isFree) return 'free';
  return status === 'unknown' || state === 'unknown' ? 'unknown' : 'wrapping-up';
}
