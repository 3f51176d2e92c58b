// The live feed of one centre: connect, subscribe, read its tables, follow its events, read the tables again now and then, and all of
// it anew when the connection breaks or falls silent.
import type { CentreReading, FeedListener, FeedStatus } from '../../callcenter/index.js';
import type { Centre, EventSocketSettings } from '../../config/index.js';
import { AppError, errorMessage, TimerSet } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import { EventSocketConnection } from '../event-socket/connection.js';
import type { CommandReply, ConnectionClose } from '../event-socket/connection.js';
import type { EventHeaders } from '../event-socket/event-headers.js';
import { Backoff } from './backoff.js';
import { CentreModel } from './centre-model.js';
import type { WatchedQueue } from './centre-model.js';
import { CentreNames } from './centre-names.js';
import { CentreTime } from './centre-time.js';
import { faultOf, noCallcenter, noEvents, silentFor, stuckReason } from './feed-reasons.js';
import type { FeedFault } from './feed-reasons.js';
import { SnapshotReader } from './snapshot-reader.js';
import type { SnapshotResult } from './snapshot-reader.js';

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 15_000;
/** After what a person has to put right. */
const SLOW_RETRY_MS = 30_000;
/** A question that always has an answer, so that silence means something. */
const WATCH_INTERVAL_MS = 2000;
/** Tables are read again no sooner than this after the last time, whatever events ask for it. */
const EARLY_RECONCILE_MS = 2000;
const CONNECT_TIMEOUT_MS = 5000;
/** Nothing but what is needed: one client that reads slowly fills the queue of events of the whole FreeSWITCH (freeswitch#2143). */
const SUBSCRIPTION = 'event plain HEARTBEAT CUSTOM callcenter::info';
const DEFAULT_SERVICE_LEVEL_SECONDS = 20;
/** FreeSWITCH answers calls for the router's own IVR under this number (drachtio-fsmrf). */
export const MEDIA_PROGRAM = 'drachtio';

/** A centre to follow, and the ids of the queues that matter there: those of the settings and those that presentations ask for. */
export interface WatchedCentre {
  readonly centre: Centre;
  readonly queues: readonly string[];
}

export interface FeedOptions {
  /** Of every event socket: FREESWITCH_ESL_SECRET. */
  readonly password: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly listener: FeedListener;
  /** 0 to below 1; default Math.random. */
  readonly random?: () => number;
}

/** Thrown when a feed is asked for a centre whose settings have no `eventSocket`. */
export class FeedSettingsError extends AppError {
  constructor(centre: string) {
    super('FEED_NO_EVENT_SOCKET', `centre ${centre} has no eventSocket`, { fields: { centre } });
  }
}

/** Thrown when a command did not reach a centre or got no answer. */
export class FeedCommandError extends AppError {
  constructor(centre: string, reason: string) {
    super('FEED_COMMAND', `centre ${centre} cannot be asked: ${reason}`, { fields: { centre, reason } });
  }
}

/** @throws FeedSettingsError */
function eventSocketOf({ centre }: WatchedCentre): EventSocketSettings {
  if (centre.eventSocket === undefined) throw new FeedSettingsError(centre.centre);
  return centre.eventSocket;
}

export class CentreFeed {
  readonly centre: string;
  readonly #options: FeedOptions;
  readonly #settings: EventSocketSettings;
  readonly #host: string;
  readonly #timers: TimerSet;
  readonly #backoff: Backoff;
  readonly #names: CentreNames;
  readonly #time: CentreTime;
  readonly #model: CentreModel;
  #watched: WatchedCentre;
  #connection: EventSocketConnection | undefined;
  #state: FeedStatus['state'] = 'connecting';
  #reason: string | undefined;
  #reading: CentreReading | undefined;
  /** Clock.now() of the last word of the centre. */
  #provenAt: number | undefined;
  /** As `#provenAt`, or when the connection was ready. */
  #aliveAt = 0;
  #reconciledAt = 0;
  #isReconciling = false;
  /** Tables are to be read again at once. */
  #isOutdated = false;
  #attempts = 0;
  #events = 0;
  #malformed = 0;
  #overflow = 0;
  #isClosed = false;

  /** @throws FeedSettingsError */
  constructor(watched: WatchedCentre, options: FeedOptions) {
    this.centre = watched.centre.centre;
    this.#options = options;
    this.#settings = eventSocketOf(watched);
    this.#host = this.#settings.host ?? watched.centre.host;
    this.#watched = watched;
    this.#timers = new TimerSet(options.clock);
    const random = options.random ?? Math.random;
    this.#backoff = new Backoff({ firstMs: FIRST_RETRY_MS, maxMs: MAX_RETRY_MS, random });
    const { domain } = this.#settings;
    this.#names = new CentreNames(domain);
    this.#time = new CentreTime(options.clock);
    this.#model = new CentreModel({ centre: this.centre, domain, clock: options.clock, time: this.#time });
    this.#model.watch(watchedQueues(watched));
  }

  /** `127.0.0.1:8021` */
  get address(): string {
    return `${this.#host}:${this.#settings.port}`;
  }

  /** The last one; undefined before the first. */
  get reading(): CentreReading | undefined {
    return this.#reading;
  }

  /** Queues whose members wait although agents are free and nothing is offered (freeswitch#1641). */
  get stuckQueues(): readonly string[] {
    return this.#state === 'live' ? this.#model.stuckQueues : [];
  }

  /** Agents, members and lists of channels that were left out because there were too many. */
  get overflow(): number {
    return this.#model.overflow + this.#overflow;
  }

  get status(): FeedStatus {
    const { clock } = this.#options;
    return {
      centre: this.centre,
      state: this.#state,
      reason: this.#reason,
      ageMs: this.#provenAt === undefined ? undefined : clock.now() - this.#provenAt,
      reconnects: Math.max(0, this.#attempts - 1),
      events: this.#events,
      malformed: this.#malformed,
      clockSkewMs: this.#time.skewMs,
      missingQueues: this.#reading?.missingQueues ?? [],
    };
  }

  start(): void {
    this.#connect();
  }

  /**
   * Runs an API command there and gives its answer.
   * @param line without the leading `api`
   * @throws FeedCommandError when the centre is not reached, or does not answer
   */
  async command(line: string): Promise<string> {
    const connection = this.#connection;
    if (connection?.isReady !== true) throw new FeedCommandError(this.centre, this.#reason ?? this.#state);
    const reply = await connection.ask(`api ${line}`);
    if (reply.kind === 'lost') throw new FeedCommandError(this.centre, reply.reason);
    return reply.text;
  }

  /** Takes new settings of the same event socket over; the connection stays. */
  watch(watched: WatchedCentre): void {
    this.#watched = watched;
    this.#model.watch(watchedQueues(watched));
    this.#isOutdated = true;
    if (this.#state === 'live') this.#reconcile();
  }

  /** Nothing is told after it. */
  close(): void {
    this.#isClosed = true;
    this.#timers.cancelAll();
    this.#connection?.close();
  }

  #connect(): void {
    if (this.#isClosed) return;
    const { clock, password } = this.#options;
    this.#attempts++;
    this.#isReconciling = false;
    this.#aliveAt = clock.now();
    const connectTimeoutMs = Math.min(CONNECT_TIMEOUT_MS, this.#settings.staleAfterMs);
    const options = { host: this.#host, port: this.#settings.port, password, connectTimeoutMs, clock };
    const connection = new EventSocketConnection(options, {
      onReady: () => this.#subscribe(),
      onEvent: (headers) => this.#hear(headers),
      onMalformed: () => this.#malformed++,
      onData: () => this.#proven(),
      onClose: (close) => this.#onClose(close),
    });
    this.#connection = connection;
  }

  #subscribe(): void {
    this.#aliveAt = this.#options.clock.now();
    this.#watchSilence();
    this.#send(SUBSCRIPTION, ({ kind }) => {
      if (kind === 'refused') this.#leave(noEvents);
    });
    this.#askTime();
    this.#reconcile();
  }

  #hear(headers: EventHeaders): void {
    this.#events++;
    const coreUuid = headers.get('Core-UUID');
    if (coreUuid !== undefined && this.#model.meetCore(coreUuid)) {
      this.#isOutdated = true;
      this.#reconciledAt = -Infinity;
    }
    if (headers.get('Event-Name') !== 'CUSTOM') return;
    if (this.#model.hear(headers) === 'malformed') this.#malformed++;
    // An agent that was added or loaded anew has tiers, of which no event tells.
    const action = headers.get('CC-Action');
    if (action === 'agent-add' || action === 'agent-contact-change') this.#isOutdated = true;
  }

  /** After all frames of one piece of data. */
  #proven(): void {
    this.#aliveAt = this.#options.clock.now();
    if (this.#state !== 'live') return;
    this.#publish();
    if (this.#isOutdated) this.#reconcileEarly();
  }

  /** The reading first, then the events of calls that led to it. */
  #publish(): void {
    this.#provenAt = this.#aliveAt;
    const reading = this.#model.reading(this.#aliveAt);
    this.#reading = reading;
    this.#tell((listener) => listener.onReading(reading));
    this.#tellCalls();
    this.#wakeLater();
    const stuck = this.#model.stuckQueues;
    this.#setState('live', stuck.length === 0 ? undefined : stuckReason(stuck));
  }

  #tellCalls(): void {
    for (const event of this.#model.takeCallEvents()) this.#tell((listener) => listener.onCallEvent(event));
  }

  /** When the rest of an agent ends no event comes. The picture is no younger for it. */
  #wakeLater(): void {
    const at = this.#model.nextWakeAt;
    if (at === undefined || this.#isClosed) return;
    this.#timers.start('feed-agent-rested', Math.max(1, at - this.#options.clock.now()), () => {
      if (this.#state === 'live') this.#publish();
    });
  }

  #reconcileEarly(): void {
    const dueIn = this.#reconciledAt + EARLY_RECONCILE_MS - this.#options.clock.now();
    if (dueIn <= 0) this.#reconcile();
    else if (!this.#timers.has('feed-reconcile-early')) {
      this.#timers.start('feed-reconcile-early', dueIn, () => this.#reconcile());
    }
  }

  #reconcile(): void {
    if (this.#isReconciling || this.#connection?.isReady !== true) return;
    this.#isReconciling = true;
    this.#isOutdated = false;
    this.#reconciledAt = this.#options.clock.now();
    const reader = {
      send: (command: string, onReply: (reply: CommandReply) => void) => this.#send(command, onReply),
      model: this.#model,
      names: this.#names,
      time: this.#time,
      queues: this.#watched.queues,
      programs: [...this.#watched.centre.ivrPools.map((one) => one.program), MEDIA_PROGRAM],
    };
    new SnapshotReader(reader, (result) => this.#onSnapshot(result));
  }

  #onSnapshot(result: SnapshotResult): void {
    this.#isReconciling = false;
    if (result.kind === 'lost') return;
    if (result.kind === 'no-callcenter') {
      this.#leave(noCallcenter);
      return;
    }
    this.#malformed += result.malformed;
    this.#overflow += result.overflow;
    this.#model.apply(result.snapshot);
    this.#backoff.reset();
    this.#timers.start('feed-reconcile', this.#settings.reconcileIntervalMs, () => this.#reconcile());
    // Told with the data that brought the last answer.
    if (this.#state !== 'live') this.#setState('live', undefined);
  }

  #askTime(): void {
    const askedAt = this.#options.clock.wallNow();
    this.#send('api strepoch', ({ kind, ...answer }) => {
      const epoch = 'text' in answer ? /^\d{1,12}(?=\s*$)/.exec(answer.text)?.[0] : undefined;
      if (epoch !== undefined) this.#time.learn(Number(epoch), askedAt);
      else if (kind !== 'lost') this.#malformed++;
    });
  }

  /** Asks a question every 2 s, and oftener where silence is to be noticed sooner. */
  #watchSilence(): void {
    const { staleAfterMs } = this.#settings;
    this.#timers.start('feed-watchdog', Math.min(WATCH_INTERVAL_MS, staleAfterMs / 3), () => {
      const silentMs = this.#options.clock.now() - this.#aliveAt;
      if (silentMs >= staleAfterMs) {
        this.#leave(silentFor(staleAfterMs));
        return;
      }
      if (this.#connection?.isIdle === true) this.#askTime();
      this.#watchSilence();
    });
  }

  #send(command: string, onReply: (reply: CommandReply) => void): void {
    this.#connection?.send(command, onReply);
  }

  /** Ends a connection that is of no use. */
  #leave(fault: FeedFault): void {
    this.#connection?.close();
    this.#retry(fault);
  }

  #onClose(close: ConnectionClose): void {
    if (close.cause === 'malformed') this.#malformed++;
    const fault = faultOf(close);
    if (fault !== undefined) this.#retry(fault);
  }

  #retry(fault: FeedFault): void {
    if (this.#isClosed) return;
    this.#timers.cancelAll();
    this.#connection = undefined;
    this.#tellCalls();
    this.#setState(fault.state, fault.reason);
    const ms = fault.isSlow ? SLOW_RETRY_MS : this.#backoff.next();
    this.#timers.start('feed-reconnect', ms, () => this.#connect());
  }

  #setState(state: FeedStatus['state'], reason: string | undefined): void {
    if (state === this.#state && reason === this.#reason) return;
    this.#state = state;
    this.#reason = reason;
    const level = state === 'live' && reason === undefined ? 'info' : 'warn';
    this.#options.log[level]({ centre: this.centre, state, reason }, 'centre feed changed');
    this.#tell((listener) => listener.onStatus(this.status));
  }

  #tell(tell: (listener: FeedListener) => void): void {
    if (this.#isClosed) return;
    try {
      tell(this.#options.listener);
    } catch (error) {
      this.#options.log.error({ centre: this.centre, reason: errorMessage(error) }, 'feed listener failed');
    }
  }
}

function watchedQueues({ centre, queues }: WatchedCentre): readonly WatchedQueue[] {
  const levels = new Map(centre.queues.map((one) => [one.queue, one.serviceLevelSeconds]));
  return queues.map((queue) => ({
    queue,
    serviceLevelSeconds: levels.get(queue) ?? DEFAULT_SERVICE_LEVEL_SECONDS,
  }));
}
