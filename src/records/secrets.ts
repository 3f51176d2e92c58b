// Social security numbers, account secrets and what counts tries, as keyed hashes: HMAC-SHA256 under PROFFER_IDENTITY_KEY. The
// database holds the hash and the id of its key, so that a key can be replaced by another while calls go on.
import { createHash, createHmac } from 'node:crypto';

/**
 * What a hash is of; the hash of one kind never is that of another. `secret`: partner, account, secret; `ssn`: partner, digits;
 * `caller`, `agent`: partner, who; `tried`: partner, account.
 */
export type HashKind = 'secret' | 'ssn' | 'caller' | 'agent' | 'tried';

export interface KeyedHash {
  /** Id of the key, 8 hexadecimal digits. */
  readonly key: string;
  /** 32 bytes. */
  readonly hash: Buffer;
}

interface IdentityKey {
  readonly id: string;
  readonly key: string;
}

export class IdentityKeys {
  readonly #current: IdentityKey | undefined;
  readonly #all: readonly IdentityKey[];

  /**
   * @param current PROFFER_IDENTITY_KEY; without it nothing is hashed
   * @param previous keys whose hashes still match, PROFFER_IDENTITY_KEYS_PREVIOUS
   */
  constructor(current: string | undefined, previous: readonly string[]) {
    this.#current = current === undefined ? undefined : withId(current);
    const all = current === undefined ? [] : [current, ...previous.filter((one) => one !== current)];
    this.#all = all.map(withId);
  }

  /** Undefined without a key. */
  get currentId(): string | undefined {
    return this.#current?.id;
  }

  /** Under the current key; undefined without one. */
  hash(kind: HashKind, parts: readonly string[]): KeyedHash | undefined {
    return this.#current && hashed(this.#current, kind, parts);
  }

  /** Under the current key, then under each previous one: any of them may be what is stored. */
  candidates(kind: HashKind, parts: readonly string[]): readonly KeyedHash[] {
    return this.#all.map((key) => hashed(key, kind, parts));
  }
}

function withId(key: string): IdentityKey {
  return { id: createHash('sha256').update(`proffer-key-id\0${key}`).digest('hex').slice(0, 8), key };
}

function hashed({ id, key }: IdentityKey, kind: HashKind, parts: readonly string[]): KeyedHash {
  return {
    key: id,
    hash: createHmac('sha256', key)
      .update([kind, ...parts].join('\0'))
      .digest(),
  };
}
