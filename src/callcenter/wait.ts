// How long a caller would wait at a destination, and what a wait does to the caller.
import { erlangC, meanWaitOfWaiting } from './erlang.js';
import type { Destination, DestinationState } from './board.js';

/**
 * The wait to expect at a destination, in seconds; undefined when too little is known.
 *
 * - A free server that no waiting member will take: 0.
 * - All servers busy and the members ahead known: the call starts after `ahead + 1` departures, which come at rate
 *   `servers / handlingTime`, so `(ahead + 1) x handlingTime / servers` (M/M/c seen at arrival; Kleinrock, section 3.4).
 * - Otherwise, with a measured load: Erlang C. All busy, members unknown: the mean wait of those that wait. Nothing but
 *   the load known: that mean times the probability of waiting.
 * - Nobody staffed: Infinity.
 */
export function estimateWaitSeconds(destination: Destination, state: DestinationState): number | undefined {
  const { servers, freeServers, membersWaiting, offeredLoad } = state;
  const handlingTime = destination.handlingTimeSeconds;
  if (servers === undefined) return undefined;
  if (servers <= 0) return Infinity;
  if (freeServers !== undefined && freeServers > (membersWaiting ?? 0)) return 0;
  if (freeServers !== undefined && membersWaiting !== undefined) {
    return ((membersWaiting - freeServers + 1) * handlingTime) / servers;
  }
  if (offeredLoad === undefined) return undefined;
  const meanWait = meanWaitOfWaiting(servers, offeredLoad, handlingTime);
  return freeServers === undefined ? erlangC(servers, offeredLoad) * meanWait : meanWait;
}

/** The share of callers that are still there after `waitSeconds`: exponential patience, `exp(-wait / mean)`. */
export function patience(waitSeconds: number, meanPatienceSeconds: number): number {
  return waitSeconds === 0 ? 1 : Math.exp(-waitSeconds / meanPatienceSeconds);
}
