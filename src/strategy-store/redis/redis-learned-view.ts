// What was learned, as a router on Redis reads it: all states in memory, read once and kept up by the stream of changes, so that a
// look-up stays one round trip. A connection of its own: what it reads in bulk does not stand in front of look-ups.
import type { Redis } from 'ioredis';
import { errorMessage } from '../../kernel/index.js';
import type { Clock, Logger } from '../../kernel/index.js';
import type { Learned } from '../../offers/index.js';
import { RedisConnection } from '../../redis/index.js';
import { LearnedMemory } from '../learned/learned-memory.js';
import { Malformed } from '../learned/malformed.js';
import type { LearnedFigures, LearnedView } from '../learned/port.js';
import { learnedChangesKey, learnedPartnersKey, learnedProgressKey } from './redis-keys.js';
import { scanLearned } from './redis-learned-store.js';
import { SharedRun } from './shared-run.js';

const COMMAND_TIMEOUT_MS = 5000;
/** Changes of one answer. */
const CHANGES_AT_ONCE = 1000;

export interface RedisLearnedViewOptions {
  readonly url: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** `strategyStore.learnedEntries`, at least 1. */
  readonly entries: number;
}

/** Where Redis is. */
interface Progress {
  /** Another one: Redis was emptied. */
  readonly epoch: string | undefined;
  /** The last change; smaller than before: Redis lost some. */
  readonly sequence: number;
  readonly cursor: number;
}

export class RedisLearnedView implements LearnedView {
  readonly #options: RedisLearnedViewOptions;
  readonly #connection: RedisConnection;
  readonly #malformed: Malformed;
  readonly #checks = new SharedRun(() => this.#check());
  #memory: LearnedMemory;
  #isLoaded = false;
  #epoch: string | undefined;
  /** The last change that is in memory. */
  #sequence = 0;
  #revision = 0;
  #dropped = 0;

  constructor(options: RedisLearnedViewOptions) {
    this.#options = options;
    this.#malformed = new Malformed(options.log);
    this.#memory = this.#newMemory();
    this.#connection = new RedisConnection({
      ...options,
      name: 'proffer-learned',
      commandTimeoutMs: COMMAND_TIMEOUT_MS,
      onReady: () => void this.refresh(),
    });
  }

  of(partner: string, customer: string): Learned | undefined {
    return this.#memory.of(partner, customer);
  }

  get figures(): LearnedFigures {
    return {
      isLoaded: this.#isLoaded,
      entries: this.#memory.size,
      dropped: this.#dropped,
      malformed: this.#malformed.count,
      revision: this.#revision,
    };
  }

  /** Looks now for changes. Never rejects. */
  refresh(): Promise<void> {
    return this.#checks.run();
  }

  /** Forgets what has expired. */
  prune(wallNow: number): Promise<void> {
    return this.#memory.prune(wallNow);
  }

  close(): void {
    this.#connection.close();
  }

  #newMemory(): LearnedMemory {
    return new LearnedMemory({
      limit: this.#options.entries,
      malformed: this.#malformed,
      onDropped: () => this.#countDropped(),
    });
  }

  #countDropped(): void {
    this.#dropped += 1;
    if (this.#dropped > 1) return;
    const { entries, log } = this.#options;
    log.warn({ entries }, 'learned states above strategyStore.learnedEntries: the oldest give way');
  }

  async #check(): Promise<void> {
    const { client } = this.#connection;
    try {
      const progress = await progressOf(client);
      const isSame = this.#isLoaded && progress.epoch === this.#epoch && progress.sequence >= this.#sequence;
      if (!isSame || !(await this.#follow(client, progress.sequence))) await this.#load(client);
      this.#revision = progress.cursor;
    } catch (error) {
      this.#options.log.debug({ reason: errorMessage(error) }, 'what was learned cannot be read');
    }
  }

  /** Reads all of it; what is in memory serves meanwhile. What is changed meanwhile is in the stream. */
  async #load(client: Redis): Promise<void> {
    const { epoch, sequence } = await progressOf(client);
    const memory = this.#newMemory();
    for (const partner of await client.smembers(learnedPartnersKey)) {
      for await (const states of scanLearned(client, partner)) {
        for (const [customer, text] of states) memory.set(partner, customer, text);
      }
    }
    this.#memory = memory;
    this.#epoch = epoch;
    this.#sequence = sequence;
    this.#isLoaded = true;
    this.#options.log.info({ entries: memory.size }, 'what was learned is loaded');
    await this.#follow(client, (await progressOf(client)).sequence);
  }

  /** Takes the changes up to `sequence`; false when one is missing. */
  async #follow(client: Redis, sequence: number): Promise<boolean> {
    while (this.#sequence < sequence) {
      const next = `${this.#sequence + 1}-0`;
      const changes = await client.xrange(learnedChangesKey, next, '+', 'COUNT', CHANGES_AT_ONCE);
      if (changes.length === 0) return false;
      for (const [id, fields] of changes) {
        if (id !== `${this.#sequence + 1}-0`) return false;
        this.#take(fields);
        this.#sequence += 1;
      }
    }
    return true;
  }

  #take([, partner, , customer, , text]: readonly string[]): void {
    if (partner === undefined || customer === undefined || text === undefined) this.#malformed.add('');
    else this.#memory.set(partner, customer, text);
  }
}

async function progressOf(client: Redis): Promise<Progress> {
  const [epoch, sequence, cursor] = await client.hmget(learnedProgressKey, 'epoch', 'sequence', 'cursor');
  return { epoch: epoch ?? undefined, sequence: Number(sequence ?? 0), cursor: Number(cursor ?? 0) };
}
