// Writing what was learned to Redis, for every router.
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Clock } from '../../kernel/index.js';
import type { Learned, LearnedOffer } from '../../offers/index.js';
import { StoreUnavailableError } from '../errors.js';
import { decodeLearned, encodeLearned, headOf } from '../learned/learned-codec.js';
import { withOffer } from '../learned/merge.js';
import type { LearnedStore } from '../learned/port.js';
import type { RedisCommands } from './redis-commands.js';
import {
  learnedChangesKey,
  learnedChannel,
  learnedKey,
  learnedPartnersKey,
  learnedProgressKey,
} from './redis-keys.js';
import { addScript, purgeScript, putScript } from './redis-learned-scripts.js';

/** States of one script, some 30 kB: less than a millisecond in which Redis answers nobody else. */
const STATES_A_SCRIPT = 100;
/** Changes that a router may be behind without reading everything anew. */
const CHANGES_KEPT = 100_000;
/** Fields of one answer of HSCAN. */
const FIELDS_A_SCAN = 500;
/** Times that another writer may come between. */
const ATTEMPTS = 50;

export interface RedisLearnedStoreOptions {
  readonly clock: Clock;
  /** Called after a change, for the view of the same process; a writer does not wait for it to read. */
  readonly onChange: () => void;
  /** Called after a purge, for the same. */
  readonly onPurge: (wallNow: number) => Promise<void>;
  /** Changes kept in the stream; default 100,000, for tests. */
  readonly changesKept?: number;
}

export class RedisLearnedStore implements LearnedStore {
  readonly #commands: RedisCommands;
  readonly #options: RedisLearnedStoreOptions;

  constructor(commands: RedisCommands, options: RedisLearnedStoreOptions) {
    this.#commands = commands;
    this.#options = options;
  }

  async put(states: readonly Learned[], cursor?: number): Promise<void> {
    if (states.length === 0 && cursor === undefined) return;
    for (let first = 0; first < states.length || first === 0; first += STATES_A_SCRIPT) {
      const some = states.slice(first, first + STATES_A_SCRIPT);
      const isLast = first + STATES_A_SCRIPT >= states.length;
      const keys = some.map((one) => learnedKey(one.partner));
      const values = some.flatMap((one) => [one.partner, one.customer, one.revision, encodeLearned(one)]);
      await this.#write(putScript, keys, [isLast ? (cursor ?? '') : '', ...values]);
    }
    this.#options.onChange();
  }

  async add(partner: string, customer: string, offer: LearnedOffer, expiresAt: number): Promise<void> {
    const key = learnedKey(partner);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const text = await this.#commands.run((client) => client.hget(key, customer));
      const wallNow = this.#options.clock.wallNow();
      const state = withOffer(text ?? undefined, { partner, customer, offer, expiresAt }, wallNow);
      const values = [partner, customer, text ?? '', encodeLearned(state)];
      if ((await this.#write(addScript, [key], values)) === 1) {
        this.#options.onChange();
        return;
      }
    }
    throw new StoreUnavailableError(
      `redis: the state of one customer was changed ${ATTEMPTS} times meanwhile`,
    );
  }

  async cursor(): Promise<number> {
    const text = await this.#commands.run((client) => client.hget(learnedProgressKey, 'cursor'));
    return Number(text ?? 0);
  }

  async setCursor(revision: number): Promise<void> {
    await this.#commands.run((client) => client.hset(learnedProgressKey, 'cursor', revision));
  }

  async get(partner: string, customer: string): Promise<Learned | undefined> {
    const text = await this.#commands.run((client) => client.hget(learnedKey(partner), customer));
    return text === null ? undefined : decodeLearned(partner, customer, text);
  }

  async purge(wallNow: number): Promise<number> {
    await this.#options.onPurge(wallNow);
    return this.#commands.run(async (client) => {
      let removed = 0;
      for (const partner of await client.smembers(learnedPartnersKey)) {
        for await (const fields of scanLearned(client, partner)) {
          const expired = fields.filter(([, text]) => (headOf(text)?.expiresAt ?? Infinity) <= wallNow);
          if (expired.length === 0) continue;
          const keys = [learnedPartnersKey, learnedKey(partner)];
          const count = await client.eval(purgeScript, keys.length, ...keys, partner, ...expired.flat());
          removed += Number(count);
        }
      }
      return removed;
    });
  }

  #write(script: string, hashes: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    const keys = [learnedProgressKey, learnedChangesKey, learnedPartnersKey, ...hashes];
    const kept = this.#options.changesKept ?? CHANGES_KEPT;
    return this.#commands.run((client) =>
      client.eval(script, keys.length, ...keys, randomUUID(), kept, learnedChannel, ...values),
    );
  }
}

/** Every customer of a partner with the state as it is stored; one that is changed meanwhile may come twice. @throws Error of ioredis */
export async function* scanLearned(
  client: Redis,
  partner: string,
): AsyncIterable<readonly (readonly [customer: string, text: string])[]> {
  let cursor = '0';
  do {
    const [next, fields] = await client.hscan(learnedKey(partner), cursor, 'COUNT', FIELDS_A_SCAN);
    const found: (readonly [string, string])[] = [];
    for (let at = 0; at + 1 < fields.length; at += 2) found.push([fields[at] ?? '', fields[at + 1] ?? '']);
    yield found;
    cursor = next;
  } while (cursor !== '0');
}
