// What the API under /v1 shows of a running router and does in it.
import { estimateWaitSeconds } from '../callcenter/index.js';
import type { ControlAnswer, StatusAnswer } from '../callcenter/index.js';
import type { CallRouter, LiveCall } from '../calls/index.js';
import { PersonRouting } from '../calls/index.js';
import type { LiveCallView, LiveOperations, QueueView } from '../console/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import type { LiveCentres } from './live-centres.js';
import { seenDestinations } from './seen-destinations.js';

export interface LiveOperationsParts {
  readonly router: CallRouter;
  readonly centres: LiveCentres;
  readonly clock: Clock;
  readonly log: Logger;
  /** A person has set the status of an agent. */
  readonly onStatusSet?: (centre: string, agent: string, status: string) => void;
}

export function liveOperations(parts: LiveOperationsParts): LiveOperations {
  const { router, centres, clock, log } = parts;
  const { feeds, control } = centres;
  const { live, exposures } = router;
  const routing = new PersonRouting({ live, control, exposures, plan: () => router.plan, clock, log });
  const viewOf = (call: LiveCall): LiveCallView => callView(call, clock.now());
  return {
    centres: () => {
      const byCentre = new Map(feeds.feeds.map((feed) => [feed.centre, feed.status]));
      return router.settings.centres.centres.map(({ centre }) => {
        const status = byCentre.get(centre);
        return {
          centre,
          feed: status?.state ?? 'none',
          reason: status?.reason,
          ageMs: status?.ageMs === undefined ? undefined : wholeMs(status.ageMs),
          isUp: router.plan.board.isCentreUp(centre),
        };
      });
    },
    queues: () => queueViews(parts),
    seenBy: (partners) => seenDestinations(router, partners),
    agents: () =>
      feeds.feeds.flatMap(({ centre, reading }) =>
        [...(reading?.agents.values() ?? [])].map(({ since, ...agent }) => ({
          centre,
          ...agent,
          sinceMs: wholeMs(clock.now() - since),
        })),
      ),
    calls: () => router.live.list().map(viewOf),
    call: (decisionId) => {
      const call = router.live.get(decisionId);
      return call === undefined || call.state === 'left' ? undefined : viewOf(call);
    },
    route: (decisionId, target) => routing.route(decisionId, target),
    setAgentStatus: async (centre, agent, status) => {
      const isKnown = router.settings.centres.centres.some((one) => one.centre === centre);
      if (!isKnown) return { kind: 'unknown-target', message: `there is no centre ${centre}` };
      const answer = statusAnswer(await control.setAgentStatus(centre, agent, status));
      if (answer.kind === 'done') parts.onStatusSet?.(centre, agent, status);
      return answer;
    },
  };
}

function wholeMs(ms: number): number {
  return Math.max(0, Math.round(ms));
}

function queueViews({ router, centres, clock }: LiveOperationsParts): readonly QueueView[] {
  const board = router.plan.board.snapshot(clock.now(), clock.wallNow());
  const readings = new Map(centres.feeds.feeds.map((feed) => [feed.centre, feed.reading]));
  return router.plan.decider.destinations.map((destination): QueueView => {
    const state = board.states[destination.index];
    const wait = state === undefined ? undefined : estimateWaitSeconds(destination, state);
    const queue = destination.id.slice(destination.centre.length + 1);
    return {
      destination: destination.id,
      // Of calls: no page and no queue of another system is among them.
      kind: destination.kind === 'ivr' ? 'ivr' : 'queue',
      isDraining: destination.isDraining,
      servers: state?.servers,
      freeServers: state?.freeServers,
      membersWaiting: destination.kind === 'queue' ? state?.membersWaiting : undefined,
      longestWaitMs: state?.longestWaitMs === undefined ? undefined : wholeMs(state.longestWaitMs),
      expectedWaitSeconds: wait === Infinity ? null : wait,
      serviceLevel: readings.get(destination.centre)?.queues.get(queue)?.serviceLevel,
      readingAgeMs: state?.readingAgeMs,
    };
  });
}

function callView({ at, since, ...call }: LiveCall, now: number): LiveCallView {
  const { decisionId, partner, customer, offer, presented, state } = call;
  return {
    decisionId,
    partner,
    customer,
    offer,
    presented,
    state,
    centre: at?.centre,
    queue: at?.queue,
    agent: at?.agent,
    sinceMs: wholeMs(now - since),
  };
}

function statusAnswer(answer: ControlAnswer): StatusAnswer {
  switch (answer.kind) {
    case 'done':
      return { kind: 'done' };
    case 'unknown-call':
    case 'unknown-agent':
      return { kind: 'unknown-target', message: 'the centre knows no such agent' };
    case 'refused':
      return { kind: 'refused', message: `the centre refused: ${answer.reason}` };
    case 'unreachable':
      return { kind: 'unreachable', message: `the centre cannot be reached: ${answer.reason}` };
  }
}
