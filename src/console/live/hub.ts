// The hub of live events: who is connected, which topics each shows, and what is sent when. States of a topic are coalesced; a client
// that reads too slowly gets the last state of each topic when it can, and is closed when it cannot for long. What is kept is bounded.
import { randomHex, TimerSet } from '../../kernel/index.js';
import type { Clock, Logger, Part } from '../../kernel/index.js';
import type { Principal } from '../access/principal.js';
import { LiveSocket } from './live-socket.js';
import type { CloseReason, Connection } from './live-socket.js';
import type { ServerMessage } from './protocol.js';
import { SessionWatch } from './session-watch.js';
import { groupKey, TopicGroup } from './topic-group.js';
import type { AnyLiveTopic } from './topic.js';

export interface LiveHubOptions {
  readonly topics: readonly AnyLiveTopic[];
  readonly clock: Clock;
  readonly log: Logger;
  /** Default 5000. */
  readonly beatMs?: number;
  /** Sockets at once, in all and of one person. Default 2000 and 8. */
  readonly maxSockets?: number;
  readonly maxSocketsOfPerson?: number;
}

export interface Resume {
  readonly stream: string;
  readonly seq: number;
}

/** For metrics; all but `sockets` since the start. */
export interface HubCounts {
  sockets: number;
  states: number;
  events: number;
  /** Changes that were told by a later state. */
  coalesced: number;
  readonly closed: Record<CloseReason, number>;
}

const slowCheckMs = 250;
/** A client that reads nothing for so long is closed. */
const slowLimitMs = 10_000;
/** A topic of a person without sockets is kept for so long, for one that comes back. */
const lingerMs = 60_000;
const maxTopics = 8;
/** Messages of one client between two beats. */
const maxMessages = 50;
/** Beats that a client may leave unanswered. */
const silentBeats = 3;

export class LiveHub implements Part {
  readonly name = 'live hub';
  readonly stream = randomHex(8);
  readonly beatMs: number;
  readonly counts: HubCounts = {
    sockets: 0,
    states: 0,
    events: 0,
    coalesced: 0,
    closed: {
      'bad-message': 0,
      'session-ended': 0,
      refused: 0,
      silent: 0,
      slow: 0,
      'too-many': 0,
      stopping: 0,
    },
  };
  readonly #options: LiveHubOptions;
  readonly #timers: TimerSet;
  readonly #topics: ReadonlyMap<string, AnyLiveTopic>;
  readonly #sockets = new Set<LiveSocket>();
  readonly #groups = new Map<string, TopicGroup>();
  /** By topic: groups whose state is to be sent. */
  readonly #dirty = new Map<string, Set<TopicGroup>>();
  readonly #flushedAt = new Map<string, number>();
  /** JSON of states and events, by the object: several people may be shown the same. */
  readonly #texts = new WeakMap<object, string>();
  readonly #slow = new Set<LiveSocket>();
  readonly #sessions: SessionWatch;
  #seq = 0;
  #isRunning = false;

  constructor(options: LiveHubOptions) {
    this.#options = options;
    this.beatMs = options.beatMs ?? 5000;
    this.#timers = new TimerSet(options.clock);
    this.#topics = new Map(options.topics.map((topic) => [topic.topic, topic]));
    const { clock, log } = options;
    this.#sessions = new SessionWatch({
      sockets: () => this.#sockets,
      onEnded: (socket) => this.#sessionEnded(socket),
      clock,
      log,
    });
  }

  start(): void {
    this.#isRunning = true;
    this.#beatLater();
    this.#sessions.start();
  }

  stop(): void {
    this.#isRunning = false;
    this.#sessions.stop();
    for (const socket of [...this.#sockets]) this.#close(socket, 'stopping');
    for (const group of [...this.#groups.values()]) this.#end(group);
    this.#timers.cancelAll();
  }

  /** Takes a client in; undefined when it was refused, which it has been told. */
  connect(
    connection: Connection,
    principal: Principal,
    topics: readonly string[],
    resume?: Resume,
  ): LiveSocket | undefined {
    const { clock } = this.#options;
    const socket = new LiveSocket(connection, principal, clock.now());
    if (!this.#isRunning) {
      this.#refuse(socket, 'stopping', 'the router is stopping');
      return;
    }
    if (!this.#hasRoomFor(principal)) {
      this.#refuse(socket, 'too-many', 'too many live links are open');
      return;
    }
    this.#sockets.add(socket);
    this.counts.sockets = this.#sockets.size;
    const chosen = this.#allowed(socket, topics);
    if (chosen === undefined) return undefined;
    const isKnownStream = resume?.stream === this.stream;
    const groups = chosen.map((topic) => {
      const group = this.#groupOf(topic, principal);
      return { group, missed: isKnownStream ? this.#missed(group, resume.seq) : undefined };
    });
    this.#tell(socket, {
      type: 'hello',
      stream: this.stream,
      now: clock.wallNow(),
      beatMs: this.beatMs,
      resumed: groups.flatMap(({ group, missed }) => (missed === undefined ? [] : [group.topic.topic])),
    });
    for (const { group, missed } of groups) {
      this.#attach(socket, group);
      if (missed === undefined) this.#sendState(socket, group);
      else for (const text of missed) socket.send(text);
    }
    return socket;
  }

  /** A frame of the client. */
  message(socket: LiveSocket, text: string): void {
    if (!this.#sockets.has(socket)) return;
    socket.messages += 1;
    const topics = socket.messages > maxMessages ? undefined : topicsOf(text);
    if (topics === undefined) {
      this.#close(socket, 'bad-message');
      return;
    }
    const chosen = this.#allowed(socket, topics);
    if (chosen === undefined) return;
    const wanted = new Set(chosen.map(({ topic }) => groupKey(topic, socket.principal)));
    for (const group of this.#groups.values()) if (!wanted.has(group.key)) this.#detach(socket, group);
    for (const topic of chosen) {
      const group = this.#groupOf(topic, socket.principal);
      if (group.sockets.has(socket)) continue;
      this.#attach(socket, group);
      this.#sendState(socket, group);
    }
  }

  /** The client answered a ping. */
  heard(socket: LiveSocket): void {
    socket.heardAt = this.#options.clock.now();
  }

  /** Its connection is gone. */
  gone(socket: LiveSocket): void {
    if (!this.#sockets.delete(socket)) return;
    this.#slow.delete(socket);
    this.counts.sockets = this.#sockets.size;
    for (const group of this.#groups.values()) this.#detach(socket, group);
  }

  /** Logged out, or ended by somebody: every socket of the session is told and closed. */
  endSession(session: string): void {
    for (const socket of [...this.#sockets]) {
      if (socket.principal.kind === 'person' && socket.principal.session === session) {
        this.#sessionEnded(socket);
      }
    }
  }

  /** People were changed: what each link may show is asked now, and not at the next round. */
  peopleChanged(): void {
    if (this.#isRunning) void this.#sessions.ask();
  }

  #sessionEnded(socket: LiveSocket): void {
    if (!this.#sockets.has(socket)) return;
    this.#refuse(socket, 'session-ended', 'the session has ended, or is another: log in again');
  }

  #hasRoomFor(principal: Principal): boolean {
    const { maxSockets = 2000, maxSocketsOfPerson = 8 } = this.#options;
    if (this.#sockets.size >= maxSockets) return false;
    if (principal.kind !== 'person') return true;
    let count = 0;
    for (const { principal: other } of this.#sockets) {
      if (other.kind === 'person' && other.agent === principal.agent) count += 1;
    }
    return count < maxSocketsOfPerson;
  }

  /** Undefined when one of them is not to be had; the socket is closed then. */
  #allowed(socket: LiveSocket, names: readonly string[]): readonly AnyLiveTopic[] | undefined {
    const { principal } = socket;
    const topics: AnyLiveTopic[] = [];
    for (const name of new Set(names)) {
      const topic = this.#topics.get(name);
      if (topic === undefined || topics.length >= maxTopics) {
        this.#refuse(socket, 'refused', `there is no topic ${name.slice(0, 64)}`, 'unknown-topic');
        return;
      }
      if (
        principal.kind === 'api-key' ||
        (principal.kind === 'person' && !topic.roles.includes(principal.role))
      ) {
        this.#refuse(socket, 'refused', `the topic ${name} is not for your role`, 'forbidden');
        return;
      }
      topics.push(topic);
    }
    return topics;
  }

  #refuse(socket: LiveSocket, reason: CloseReason, message: string, code: string = reason): undefined {
    this.#tell(socket, { type: 'refused', code, message });
    this.#close(socket, reason);
  }

  #close(socket: LiveSocket, reason: CloseReason): void {
    this.counts.closed[reason] += 1;
    this.gone(socket);
    socket.close(reason);
    this.#options.log.debug({ reason }, 'live link closed');
  }

  #groupOf(topic: AnyLiveTopic, principal: Principal): TopicGroup {
    const key = groupKey(topic.topic, principal);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    // A sequence of its own: what happened before, to which nobody listened, is in no ring.
    this.#seq += 1;
    const group = new TopicGroup(topic, principal, this.#seq);
    this.#groups.set(key, group);
    const sink = { changed: () => this.#changed(group), event: (data: object) => this.#event(group, data) };
    group.end = this.#guarded(group, () => topic.open(principal, sink)) ?? group.end;
    return group;
  }

  #attach(socket: LiveSocket, group: TopicGroup): void {
    group.sockets.add(socket);
    group.idleSince = undefined;
  }

  #detach(socket: LiveSocket, group: TopicGroup): void {
    if (!group.sockets.delete(socket)) return;
    socket.waiting.delete(group.key);
    if (group.sockets.size === 0) group.idleSince = this.#options.clock.now();
  }

  #end(group: TopicGroup): void {
    this.#groups.delete(group.key);
    this.#dirty.get(group.topic.topic)?.delete(group);
    this.#guarded(group, () => group.end());
  }

  /** Events of a topic that has them; a topic of states alone begins anew. */
  #missed(group: TopicGroup, seq: number): readonly string[] | undefined {
    return group.topic.topic === 'calls' && seq <= this.#seq ? group.after(seq) : undefined;
  }

  #changed(group: TopicGroup): void {
    if (!this.#isRunning || group.sockets.size === 0) return;
    const { topic, paceMs } = group.topic;
    const dirty = this.#dirty.get(topic) ?? new Set();
    this.#dirty.set(topic, dirty);
    if (dirty.has(group)) this.counts.coalesced += 1;
    dirty.add(group);
    if (this.#timers.has(topic)) return;
    const sinceMs = this.#options.clock.now() - (this.#flushedAt.get(topic) ?? -Infinity);
    this.#timers.start(topic, Math.max(0, paceMs - sinceMs), () => {
      this.#flushedAt.set(topic, this.#options.clock.now());
      this.#dirty.delete(topic);
      for (const one of dirty) this.#sendAll(one);
    });
  }

  #sendAll(group: TopicGroup): void {
    if (group.sockets.size === 0) return;
    const text = this.#stateText(group);
    if (text !== undefined) for (const socket of group.sockets) this.#send(socket, group, text);
  }

  #sendState(socket: LiveSocket, group: TopicGroup): void {
    const text = this.#stateText(group);
    if (text !== undefined) this.#send(socket, group, text);
  }

  #stateText(group: TopicGroup): string | undefined {
    return this.#guarded(group, () => {
      const data = group.topic.state(group.principal);
      return this.#frame('state', group, data);
    });
  }

  #event(group: TopicGroup, data: object): void {
    const text = this.#guarded(group, () => this.#frame('event', group, data));
    if (text === undefined || !this.#isRunning) return;
    group.keep(this.#seq, text);
    for (const socket of group.sockets) this.#send(socket, group, text);
  }

  #frame(type: 'state' | 'event', { topic: { topic } }: TopicGroup, data: object): string {
    let text = this.#texts.get(data);
    if (text === undefined) {
      text = JSON.stringify(data);
      this.#texts.set(data, text);
    }
    this.#seq += 1;
    return `{"type":"${type}","topic":"${topic}","seq":${this.#seq},"data":${text}}`;
  }

  /** A client that is behind gets a state later instead, of events as well. */
  #send(socket: LiveSocket, group: TopicGroup, text: string): void {
    if (socket.waiting.has(group.key) || socket.isSlow) {
      if (socket.waiting.has(group.key)) this.counts.coalesced += 1;
      socket.waiting.add(group.key);
      socket.slowSince ??= this.#options.clock.now();
      this.#slow.add(socket);
      this.#checkSlowLater();
      return;
    }
    this.counts[text.startsWith('{"type":"state"') ? 'states' : 'events'] += 1;
    socket.send(text);
  }

  #checkSlowLater(): void {
    if (this.#timers.has(' slow')) return;
    this.#timers.start(' slow', slowCheckMs, () => {
      const now = this.#options.clock.now();
      for (const socket of [...this.#slow]) this.#checkSlow(socket, now);
      if (this.#slow.size > 0) this.#checkSlowLater();
    });
  }

  #checkSlow(socket: LiveSocket, now: number): void {
    if (socket.isSlow) {
      if (now - (socket.slowSince ?? now) >= slowLimitMs) this.#close(socket, 'slow');
      return;
    }
    this.#slow.delete(socket);
    socket.slowSince = undefined;
    const waiting = [...socket.waiting];
    socket.waiting.clear();
    for (const key of waiting) {
      const group = this.#groups.get(key);
      if (group?.sockets.has(socket) === true) this.#sendState(socket, group);
    }
  }

  #beatLater(): void {
    this.#timers.start(' beat', this.beatMs, () => {
      this.#beat();
      this.#beatLater();
    });
  }

  #beat(): void {
    const { clock } = this.#options;
    const now = clock.now();
    const text = JSON.stringify({
      type: 'beat',
      seq: this.#seq,
      now: clock.wallNow(),
    } satisfies ServerMessage);
    for (const socket of [...this.#sockets]) {
      socket.messages = 0;
      if (now - socket.heardAt > silentBeats * this.beatMs) {
        this.#close(socket, 'silent');
        continue;
      }
      // To one that is behind, the sequence would say that it has what it has not.
      if (socket.waiting.size > 0 || socket.isSlow) continue;
      socket.send(text);
      socket.connection.ping();
    }
    for (const group of [...this.#groups.values()]) {
      if (group.idleSince !== undefined && now - group.idleSince >= lingerMs) this.#end(group);
    }
  }

  #tell(socket: LiveSocket, message: ServerMessage): void {
    socket.send(JSON.stringify(message));
  }

  /** A topic that throws costs its own news alone. */
  #guarded<T>({ topic: { topic } }: TopicGroup, work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.#options.log.error({ err: error, topic }, 'a live topic failed');
      return undefined;
    }
  }
}

function topicsOf(text: string): readonly string[] | undefined {
  try {
    const { type, topics } = JSON.parse(text) as { readonly type?: unknown; readonly topics?: unknown };
    const isList = Array.isArray(topics) && topics.every((one) => typeof one === 'string');
    return type === 'topics' && isList ? topics : undefined;
  } catch {
    return undefined;
  }
}
