// One live link for all topics that are shown: connects, resumes, and says when what it has may not be true any more. Without React,
// browser or clock of its own: they come in.
import type { LiveTopics, ServerMessage } from '../../../live/protocol.js';

export type Topic = keyof LiveTopics;

export interface Live<T> {
  /** Undefined before the first state came. */
  readonly data: T | undefined;
  /** False while the link is down or silent, and until a new state came after that: what is shown is not live. */
  readonly isLive: boolean;
}

export type LinkState = 'live' | 'connecting' | 'down';

/** What is used of a WebSocket. */
export interface LinkSocket {
  send(text: string): void;
  close(): void;
}

export interface SocketListener {
  onMessage(text: string): void;
  /** Once, whether it was ever open or not. */
  onClose(code: number): void;
}

export interface LinkClock {
  /** Milliseconds; goes on while the machine sleeps. */
  now(): number;
  after(ms: number, name: string, fn: () => void): { cancel(): void };
}

export interface LiveLinkOptions {
  /** @param query such as `topics=desk&resume=STREAM:SEQ` */
  readonly connect: (query: string, listener: SocketListener) => LinkSocket;
  readonly clock: LinkClock;
  /** 0 to 1, as Math.random. */
  readonly random: () => number;
}

const nothing: Live<never> = { data: undefined, isLive: false };
const firstRetryMs = 250;
const longestRetryMs = 15_000;
/** Until hello says how often beats come. */
const firstBeatMs = 5000;
const silentBeats = 2.5;
/** A topic that nobody shows is kept for so long: pages come and go. */
const lingerMs = 5000;
/** Lines of a stream that are kept. */
const maxLines = 200;
/** Closed for good: the session is over, or the role does not allow it. */
const finalCodes: ReadonlySet<number> = new Set([4401, 4403]);

interface Watched {
  users: number;
  live: Live<unknown>;
  linger: { cancel(): void } | undefined;
}

export class LiveLink {
  readonly #options: LiveLinkOptions;
  readonly #topics = new Map<Topic, Watched>();
  readonly #listeners = new Set<() => void>();
  #state: LinkState = 'connecting';
  #socket: LinkSocket | undefined;
  /** Of the socket: what an old one still says is not heard. */
  #attempt = 0;
  #isGreeted = false;
  #stream: string | undefined;
  #seq = 0;
  #beatMs = firstBeatMs;
  #heardAt = 0;
  #failures = 0;
  #isOver = false;
  #endedBy: number | undefined;
  /** All that is shown was true at `#seq`. */
  #canResume = false;
  #silence: { cancel(): void } | undefined;
  #retry: { cancel(): void } | undefined;
  /** Server's clock minus ours, in milliseconds. */
  #skewMs = 0;

  constructor(options: LiveLinkOptions) {
    this.#options = options;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** The code of the close after which it does not come back by itself, such as 4401 (the session is over); else undefined. */
  get endedBy(): number | undefined {
    return this.#endedBy;
  }

  /** The server's clock, epoch ms, by ours: times in states are the server's. */
  serverNow(): number {
    return this.#options.clock.now() + this.#skewMs;
  }

  snapshot<T extends Topic>(topic: T): Live<LiveTopics[T]> {
    return (this.#topics.get(topic)?.live ?? nothing) as Live<LiveTopics[T]>;
  }

  /** Called after any change. @returns what ends it */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Somebody shows the topic. @returns what ends it */
  use(topic: Topic): () => void {
    let watched = this.#topics.get(topic);
    if (watched === undefined) {
      watched = { users: 0, live: nothing, linger: undefined };
      this.#topics.set(topic, watched);
      this.#topicsChanged();
    }
    watched.users += 1;
    watched.linger?.cancel();
    watched.linger = undefined;
    const one = watched;
    let isUsed = true;
    return () => {
      if (!isUsed) return;
      isUsed = false;
      one.users -= 1;
      if (one.users > 0) return;
      one.linger = this.#options.clock.after(lingerMs, 'live-linger', () => {
        this.#topics.delete(topic);
        this.#topicsChanged();
      });
    };
  }

  /** The machine woke up, the tab is shown again, the network is back, or somebody logged in: looks at once. */
  wake(): void {
    this.#isOver = false;
    this.#endedBy = undefined;
    if (this.#topics.size === 0) return;
    if (this.#socket === undefined) this.#connect();
    else if (this.#isSilent()) this.#drop();
  }

  /** The computer says that it lost its network: nothing is live until the router is heard anew, which may be at once. */
  doubt(): void {
    if (this.#socket !== undefined) this.#drop();
  }

  /** Closes it; nothing is live any more. */
  stop(): void {
    this.#isOver = true;
    this.#close();
    this.#retry?.cancel();
    this.#retry = undefined;
    this.#notLive('down');
  }

  #topicsChanged(): void {
    if (this.#topics.size === 0) {
      this.#close();
      this.#retry?.cancel();
      this.#retry = undefined;
      this.#set('connecting');
    } else if (this.#socket === undefined) {
      if (this.#retry === undefined && !this.#isOver) this.#connect();
    } else if (this.#isGreeted) this.#sendTopics();
  }

  #sendTopics(): void {
    this.#socket?.send(JSON.stringify({ type: 'topics', topics: [...this.#topics.keys()] }));
  }

  #connect(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    const attempt = ++this.#attempt;
    this.#isGreeted = false;
    const asked = [...this.#topics.keys()];
    const canResume =
      this.#canResume && [...this.#topics.values()].every(({ live }) => live.data !== undefined);
    const resume = canResume ? `&resume=${this.#stream ?? ''}:${this.#seq}` : '';
    this.#heard();
    this.#socket = this.#options.connect(`topics=${asked.join(',')}${resume}`, {
      onMessage: (text) => {
        if (attempt !== this.#attempt) return;
        // What waited while the machine slept is old.
        if (this.#isSilent()) {
          this.#drop();
          return;
        }
        this.#heard();
        this.#take(text, asked);
      },
      onClose: (code) => {
        if (attempt === this.#attempt) this.#closed(code);
      },
    });
  }

  #take(text: string, asked: readonly Topic[]): void {
    const message = JSON.parse(text) as ServerMessage;
    switch (message.type) {
      case 'hello':
        this.#greet(message, asked);
        break;
      case 'state':
        this.#seq = message.seq;
        this.#put(message.topic, { data: message.data, isLive: true });
        break;
      case 'event': {
        this.#seq = message.seq;
        const { data, isLive } = this.snapshot(message.topic);
        if (isLive)
          this.#put(message.topic, { data: [message.data, ...(data ?? [])].slice(0, maxLines), isLive });
        break;
      }
      case 'beat':
        this.#seq = message.seq;
        this.#skewMs = message.now - this.#options.clock.now();
        break;
      case 'refused':
        this.#isOver = message.code !== 'stopping' && message.code !== 'too-many';
    }
  }

  #greet(hello: Extract<ServerMessage, { type: 'hello' }>, asked: readonly Topic[]): void {
    if (hello.stream !== this.#stream) this.#seq = 0;
    this.#stream = hello.stream;
    this.#beatMs = hello.beatMs;
    this.#skewMs = hello.now - this.#options.clock.now();
    this.#failures = 0;
    this.#isGreeted = true;
    for (const topic of hello.resumed) {
      const { data } = this.snapshot(topic);
      if (data !== undefined) this.#put(topic, { data, isLive: true });
    }
    const now = [...this.#topics.keys()];
    if (now.length !== asked.length || now.some((topic) => !asked.includes(topic))) this.#sendTopics();
    this.#set('live');
  }

  #put(topic: Topic, live: Live<unknown>): void {
    const watched = this.#topics.get(topic);
    if (watched === undefined) return;
    watched.live = live;
    this.#tell();
  }

  /** Called for every message and rarely armed anew: the timer looks when it fires. */
  #heard(): void {
    this.#heardAt = this.#options.clock.now();
    this.#silence ??= this.#armSilence(this.#limitMs);
  }

  #armSilence(ms: number): { cancel(): void } {
    return this.#options.clock.after(ms, 'live-silence', () => {
      this.#silence = undefined;
      if (this.#socket === undefined) return;
      if (this.#isSilent()) {
        this.#drop();
        return;
      }
      const leftMs = this.#limitMs - (this.#options.clock.now() - this.#heardAt);
      this.#silence = this.#armSilence(Math.max(1, Math.min(leftMs, this.#limitMs)));
    });
  }

  get #limitMs(): number {
    return this.#beatMs * silentBeats;
  }

  #isSilent(): boolean {
    return this.#options.clock.now() - this.#heardAt >= this.#limitMs;
  }

  /** The link is silent: nobody waits for its close. */
  #drop(): void {
    this.#closed(0);
  }

  #close(): void {
    const socket = this.#socket;
    this.#attempt += 1;
    this.#socket = undefined;
    this.#isGreeted = false;
    this.#silence?.cancel();
    this.#silence = undefined;
    socket?.close();
  }

  #closed(code: number): void {
    if (this.#isGreeted) this.#canResume = [...this.#topics.values()].every(({ live }) => live.isLive);
    this.#close();
    if (finalCodes.has(code)) this.#isOver = true;
    this.#endedBy = this.#isOver ? code : undefined;
    this.#notLive('down');
    if (this.#isOver || this.#topics.size === 0) return;
    // Half of it by chance: five hundred desktops do not come back in one moment.
    const ms = Math.min(longestRetryMs, firstRetryMs * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#retry = this.#options.clock.after(ms * (0.5 + this.#options.random() / 2), 'live-retry', () => {
      this.#connect();
    });
  }

  #notLive(state: LinkState): void {
    for (const watched of this.#topics.values()) {
      if (watched.live.isLive) watched.live = { data: watched.live.data, isLive: false };
    }
    this.#state = state;
    this.#tell();
  }

  #set(state: LinkState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
