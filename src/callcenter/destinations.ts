// The destinations of the settings, numbered once: every board and every decision refers to them by index.
import type { Centre, Settings } from '../config/index.js';
import type { Destination } from './board.js';

/** An IVR program plays the same script to everybody: the middle of the scale, where the skill factor is 1. */
const programSkillLevel = 5;

/** The address of a centre as the host part of a SIP URI; host is in brackets already when it is IPv6. */
function uriAt(centre: Centre, user: string): string {
  return `sip:${user}@${centre.host}:${centre.port};transport=${centre.transport}`;
}

/**
 * Every queue and IVR program of the settings, in configured order: centre by centre, queues before programs.
 * The user part of the URI is the id of the queue or program; ids need no escaping (RFC 3261 25.1, unreserved).
 */
export function compileDestinations(settings: Pick<Settings, 'centres'>): readonly Destination[] {
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
  return destinations;
}
