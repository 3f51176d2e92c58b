// A call that was decided, as live calls hear of it.
import type { Decision } from '../../decision/index.js';
import { offerChances } from './offer-chances.js';
import type { LiveCalls, RoutedCall } from './live-calls.js';

type CallFacts = Pick<RoutedCall, 'callId' | 'caller' | 'dialled' | 'pairs'>;

export function tellLive(live: Pick<LiveCalls, 'routed'>, decision: Decision, facts: CallFacts): void {
  const { decisionId, partner, customer, offer } = decision;
  const { callId, caller, dialled, pairs } = facts;
  const call = { decisionId, callId, partner, customer, caller, dialled, offer: offer?.offerCode, pairs };
  live.routed(call, () => offerChances(decision));
}
