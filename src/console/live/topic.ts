// Port: a topic of live events. The hub asks it for a state of one person and hears when that changed.
import type { Principal, Role } from '../access/principal.js';
import type { LiveEvents, LiveTopics } from './protocol.js';

export interface TopicSink<Topic extends keyof LiveTopics> {
  /** The state changed: the hub asks `state` once for each person, when the caller has returned and its pace allows. */
  changed(): void;
  /** Sent at once, before any state that has it. */
  event(data: Topic extends keyof LiveEvents ? LiveEvents[Topic] : never): void;
}

export interface LiveTopic<Topic extends keyof LiveTopics = keyof LiveTopics> {
  readonly topic: Topic;
  readonly roles: readonly Role[];
  /** Least time between two states for one person, in milliseconds; 0: at once. */
  readonly paceMs: number;
  /** Called once for a person who asks for the topic, however many sockets they have. @returns what ends it */
  open(principal: Principal, sink: TopicSink<Topic>): () => void;
  /** Never changed after it was returned. The same object for people who see the same: its JSON is made once for all of them. */
  state(principal: Principal): LiveTopics[Topic];
}

/** Any topic: what a list of different topics holds. */
export type AnyLiveTopic = { readonly [Topic in keyof LiveTopics]: LiveTopic<Topic> }[keyof LiveTopics];
