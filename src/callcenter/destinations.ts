// The destinations of the settings, numbered once: every board and every decision refers to them by index.
import type { Centre, Settings } from '../config/index.js';
import { derivedQueues } from './derived-queues.js';
import type { Destination } from './board.js';

/** An IVR program plays the same script to everybody: the middle of the scale, where the skill factor is 1. */
const programSkillLevel = 5;

/** The address of a centre as the host part of a SIP URI; host is in brackets already when it is IPv6. */
function uriAt(centre: Centre, user: string): string {
  return `sip:${user}@${centre.host}:${centre.port};transport=${centre.transport}`;
}

/**
 * Every queue and IVR program of the settings, in configured order: centre by centre, queues before programs; then the queues that
 * are derived for presentations. Those cost, weigh and take as long as their base queue, and are in maintenance with it; their agents
 * are some of its own, so its servers stand for them until a live reading says better.
 * The user part of the URI is the id of the queue or program; ids need no escaping (RFC 3261 25.1, unreserved).
 */
export function compileDestinations(settings: Pick<Settings, 'centres' | 'offers'>): readonly Destination[] {
  const destinations: Destination[] = [];
  for (const centre of settings.centres.centres) {
    for (const queue of centre.queues) {
      destinations.push({
        id: `${centre.centre}/${queue.queue}`,
        index: destinations.length,
        kind: 'queue',
        centre: centre.centre,
        uri: uriAt(centre, queue.queue),
        servers: queue.staffedAgents,
        skillLevel: queue.skillLevel,
        costPerCall: queue.costPerCall ?? 0,
        weight: queue.weight,
        handlingTimeSeconds: queue.handlingTimeSeconds,
        quotas: {},
        isDraining: centre.drain || queue.drain,
        ...(queue.media === undefined ? {} : { media: queue.media }),
      });
    }
    for (const pool of centre.ivrPools) {
      destinations.push({
        id: `${centre.centre}/${pool.program}`,
        index: destinations.length,
        kind: 'ivr',
        centre: centre.centre,
        uri: uriAt(centre, pool.program),
        servers: pool.ports,
        skillLevel: programSkillLevel,
        costPerCall: pool.costPerCall ?? 0,
        weight: pool.weight,
        handlingTimeSeconds: pool.holdingTimeSeconds,
        quotas: pool.quotas ?? {},
        isDraining: centre.drain || pool.drain,
      });
    }
  }
  return [...destinations, ...derived(settings, destinations)];
}

function derived(
  settings: Pick<Settings, 'centres' | 'offers'>,
  bases: readonly Destination[],
): readonly Destination[] {
  const baseById = new Map(bases.map((one) => [one.id, one]));
  const centres = new Map(settings.centres.centres.map((one) => [one.centre, one]));
  // One whose base is not there is left out: the plan of its offer says which is missing.
  return derivedQueues(settings)
    .flatMap(({ centre, queue, baseQueue }) => {
      const base = baseById.get(`${centre}/${baseQueue}`);
      const at = centres.get(centre);
      if (base === undefined || at === undefined) return [];
      return [{ ...base, id: `${centre}/${queue}`, base: base.id, uri: uriAt(at, queue) }];
    })
    .map((one, place) => ({ ...one, index: bases.length + place }));
}
