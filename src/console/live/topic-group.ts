// One topic as one person sees it: the sockets that show it, its last events for those that come back, and when it may be forgotten.
import type { Principal } from '../access/principal.js';
import type { LiveSocket } from './live-socket.js';
import type { AnyLiveTopic } from './topic.js';

interface RingEvent {
  readonly seq: number;
  readonly text: string;
}

/** Events kept for clients that resume. */
const maxEvents = 200;

export class TopicGroup {
  readonly key: string;
  readonly topic: AnyLiveTopic;
  readonly principal: Principal;
  readonly sockets = new Set<LiveSocket>();
  /** Clock.now() since when no socket shows it. */
  idleSince: number | undefined;
  /** The state that was sent last, as text without its sequence. */
  end: () => void = () => undefined;
  readonly #ring: RingEvent[] = [];
  /** The events after this one are all in the ring. */
  #ringFrom: number;

  constructor(topic: AnyLiveTopic, principal: Principal, seq: number) {
    this.key = groupKey(topic.topic, principal);
    this.topic = topic;
    this.principal = principal;
    this.#ringFrom = seq;
  }

  keep(seq: number, text: string): void {
    this.#ring.push({ seq, text });
    if (this.#ring.length > maxEvents) this.#ringFrom = this.#ring.shift()?.seq ?? seq;
  }

  /** What came after `seq`, oldest first; undefined when some of it is not known any more. */
  after(seq: number): readonly string[] | undefined {
    if (seq < this.#ringFrom) return undefined;
    return this.#ring.filter((one) => one.seq > seq).map((one) => one.text);
  }
}

/** The same for sockets that see the same: a person in two tabs. */
export function groupKey(topic: string, principal: Principal): string {
  if (principal.kind !== 'person') return `${topic} ${principal.kind}`;
  const { agent, role, partners, centreAgents } = principal;
  return JSON.stringify([topic, agent, role, partners, centreAgents]);
}
