// Port: a topic of live events. The hub asks it for a state of one person and hears when that changed.
import type { Principal, Role } from '../access/principal.js';
import type { LiveEvents, LiveTopics } from './protocol.js';

export interface TopicSink<Topic extends keyof LiveTopics> {
  /** The state changed: the hub asks `state` once for each person, now or when its pace allows. */
  changed(): void;
  event(data: Topic extends keyof LiveEvents ? LiveEvents[Topic] : never): void;
}

export interface LiveTopic<Topic extends keyof LiveTopics = keyof LiveTopics> {
  readonly topic: Topic;
  readonly roles: readonly Role[];
  /** Least time between two states for one person, in milliseconds; 0: at once. */
  readonly paceMs: number;
  /** Called for each socket that asks for the topic. @returns what ends it */
  open(principal: Principal, sink: TopicSink<Topic>): () => void;
  state(principal: Principal): LiveTopics[Topic];
}
