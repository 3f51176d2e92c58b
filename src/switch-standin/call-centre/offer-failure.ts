// What a call to an agent that failed means for that agent (mod_callcenter.c, outbound_agent_thread_run).
import type { Agent } from './agent.js';

export interface OfferFailure {
  /** How long the agent gets no call, in seconds. */
  readonly delaySeconds: number;
  /** It counts towards `max_no_answer`. */
  readonly isNoAnswer: boolean;
}

const unregisteredDelaySeconds = 5;

/** @param cause as FreeSWITCH names it: `USER_BUSY`, `CALL_REJECTED`, `NO_ANSWER`, ... */
export function failureOf(
  cause: string,
  agent: Pick<Agent, 'busyDelayTime' | 'rejectDelayTime' | 'noAnswerDelayTime'>,
): OfferFailure {
  switch (cause) {
    case 'LOSE_RACE':
    case 'ORIGINATOR_CANCEL':
      return { delaySeconds: 0, isNoAnswer: false };
    case 'USER_BUSY':
    case 'NORMAL_CIRCUIT_CONGESTION':
      return { delaySeconds: agent.busyDelayTime, isNoAnswer: false };
    case 'CALL_REJECTED':
      return { delaySeconds: agent.rejectDelayTime, isNoAnswer: false };
    case 'USER_NOT_REGISTERED':
      return { delaySeconds: unregisteredDelaySeconds, isNoAnswer: false };
    default:
      return { delaySeconds: agent.noAnswerDelayTime, isNoAnswer: true };
  }
}
