// What the parts of the call centre share: time, where events go, chance.
import type { Clock, Logger } from '../../kernel/index.js';
import type { EventStamp } from '../event-socket/event-format.js';
import type { EventHeader, EventSink, StandInChannel } from '../switch-event.js';
import type { Random } from './random.js';

export interface CentreContext {
  readonly clock: Clock;
  readonly stamp: EventStamp;
  readonly sink: EventSink;
  readonly log: Logger;
  readonly random: Random;
}

/** Fires `callcenter::info` from a place in mod_callcenter.c, such as `cc_agent_update:1043`. */
export function fireInfo(
  context: CentreContext,
  place: string,
  headers: readonly EventHeader[],
  channel?: StandInChannel,
): void {
  context.sink.fire({
    name: 'CUSTOM',
    subclass: 'callcenter::info',
    origin: `mod_callcenter.c:${place}`,
    headers: channel === undefined ? headers : [...channel.eventHeaders(), ...headers],
    body: '',
  });
}
