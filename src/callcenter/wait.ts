// How long a caller would wait at a destination, and what a wait does to the caller.
import { erlangC, meanWaitOfWaiting } from './erlang.js';
import type { Destination, DestinationState } from './board.js';

/**
 * The wait to expect at a destination, in seconds; undefined when too little is known. The handling time is the measured one where
 * there is one, else the configured one.
 *
 * - A free server that no waiting member will take: 0. Those who wait elsewhere for the same agents have not been given it, and
 *   do not count.
 * - All servers busy and the members ahead known: the call starts after `ahead + 1` departures, which come at rate
 *   `servers / handlingTime`, so `(ahead + 1) x handlingTime / servers` (M/M/c seen at arrival; Kleinrock, Queueing Systems I,
 *   section 3.4). Members whom servers are free for do not count: `membersWaiting - freeServers` are ahead.
 * - Agents shared by queues: an agent who gets free takes the caller who waited longest in any of their queues, so callers of other
 *   queues are ahead too, by `competingMembers`. With `s` agents in common of `c` here and `d` there, a departure here is that of a
 *   common agent with probability `s / c`, and of those who wait there common agents will serve `s / d`: `members x s / c x s / d`.
 *   Exact where two queues share all agents; otherwise within about 12 %, but up to a third too long where nobody waits here and
 *   several elsewhere (test/callcenter/wait.test.ts).
 * - Otherwise, with a measured load: Erlang C. All busy, members unknown: the mean wait of those that wait. Nothing but
 *   the load known: that mean times the probability of waiting.
 * - Nobody staffed: Infinity.
 */
export function estimateWaitSeconds(destination: Destination, state: DestinationState): number | undefined {
  const { servers, freeServers, membersWaiting, competingMembers = 0, offeredLoad } = state;
  const handlingTime = state.handlingTimeSeconds ?? destination.handlingTimeSeconds;
  if (servers === undefined) return undefined;
  if (servers <= 0) return Infinity;
  if (freeServers !== undefined && freeServers > (membersWaiting ?? 0)) return 0;
  if (freeServers !== undefined && membersWaiting !== undefined) {
    return ((membersWaiting - freeServers + competingMembers + 1) * handlingTime) / servers;
  }
  if (offeredLoad === undefined) return undefined;
  const meanWait = meanWaitOfWaiting(servers, offeredLoad, handlingTime);
  return freeServers === undefined ? erlangC(servers, offeredLoad) * meanWait : meanWait;
}

/** The share of callers that are still there after `waitSeconds`: exponential patience, `exp(-wait / mean)`. */
export function patience(waitSeconds: number, meanPatienceSeconds: number): number {
  return waitSeconds === 0 ? 1 : Math.exp(-waitSeconds / meanPatienceSeconds);
}
