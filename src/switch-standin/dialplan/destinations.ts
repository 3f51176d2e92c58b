// Where calls of the stand-in centre can go.
import type { StandInChannel } from '../switch-event.js';

/** An IVR program that the centre answers by itself. */
export interface ProgramSettings {
  /** Its id, which is dialled. */
  readonly program: string;
  /** Calls at once. */
  readonly ports: number;
  readonly holdingTimeSeconds: number;
}

/** How the stay in a queue ended. */
export type QueueOutcome =
  | { readonly cause: 'answered' }
  | {
      readonly cause: 'cancel';
      readonly reason: 'TIMEOUT' | 'NO_AGENT_TIMEOUT' | 'BREAK_OUT' | 'EXIT_WITH_KEY';
    };

/** The queues of the centre, as mod_callcenter has them. */
export interface QueueHost {
  /** @returns false when there is no such queue */
  join(queue: string, channel: StandInChannel, onLeft: (outcome: QueueOutcome) => void): boolean;
  /** Takes a channel out of its queue before it is served. */
  breakOut(channelUuid: string): void;
  /** A key; true when it took the channel out of its queue. */
  digit(channelUuid: string, digit: string): boolean;
}
