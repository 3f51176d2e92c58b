// What all channels of one centre share.
import type { Clock, Logger } from '../../kernel/index.js';
import type { MediaPorts } from '../media/media-ports.js';
import type { MediaTicker } from '../media/media-ticker.js';
import type { EventSink } from '../switch-event.js';

export interface ChannelContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: EventSink;
  readonly ports: MediaPorts;
  readonly ticker: MediaTicker;
  /** Milliseconds since the Unix epoch by the clock of the centre. */
  wallNow(): number;
}

/** Microseconds since the Unix epoch. */
export function microseconds(context: ChannelContext): number {
  return Math.round(context.wallNow() * 1000);
}
