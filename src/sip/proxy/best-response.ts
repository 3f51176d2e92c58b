// Choosing the best response: RFC 3261 16.7 steps 6 and 7.
import { createResponse } from '../message/create-message.js';
import type { SipMessage } from '../message/sip-message.js';
import { upstreamResponse } from './upstream-response.js';

/** A final response of a branch; one without a message is our own, in place of one that did not come. */
export interface BranchResult {
  readonly status: number;
  readonly response: SipMessage | undefined;
}

/** Step 6: within 4xx, those that tell the caller how to try again. */
const informing = new Set([401, 407, 415, 420, 484]);

/** Smaller is better. */
function rank({ status, response }: BranchResult): number {
  const classRank = status >= 600 ? 0 : Math.floor(status / 100);
  const isOwn = response === undefined ? 1 : 0;
  return classRank * 4 + (informing.has(status) ? 0 : 2) + isOwn;
}

/** The best of the results, the earlier among equals; undefined when there is none. */
export function bestResult(results: readonly BranchResult[]): BranchResult | undefined {
  let best: BranchResult | undefined;
  for (const result of results) if (best === undefined || rank(result) < rank(best)) best = result;
  return best;
}

/**
 * The response to pass up for the best result.
 * @param toTag for a response of our own
 */
export function responseFor(
  best: BranchResult,
  results: readonly BranchResult[],
  request: SipMessage,
  toTag: string,
): SipMessage {
  // Step 6: a 503 says that the whole of its sender is unable to serve, which is not true of us.
  if (best.status === 503) return createResponse(request, 500, undefined, toTag);
  if (best.response === undefined) return createResponse(request, best.status, undefined, toTag);
  const response = upstreamResponse(best.response, request);
  if (best.status === 401 || best.status === 407) addChallenges(response, best, results);
  return response;
}

/** Step 7: the challenges of all the branches, so that the caller can answer them in one go. */
function addChallenges(response: SipMessage, best: BranchResult, results: readonly BranchResult[]): void {
  for (const result of results) {
    if (result === best || (result.status !== 401 && result.status !== 407)) continue;
    for (const name of ['www-authenticate', 'proxy-authenticate']) {
      for (const challenge of result.response?.getAll(name) ?? []) response.append(name, challenge);
    }
  }
}
