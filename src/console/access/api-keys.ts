// Systems of partners that show an API key: Authorization: Bearer pk_KEY_SECRET. Both parts are random; of the secret only the hash is
// stored.
import { randomBytes } from 'node:crypto';
import { errorCode, randomHex } from '../../kernel/index.js';
import type { AccessRecords } from './access-records.js';
import type { Authentication, Authenticator } from './gate.js';
import type { FastifyRequest } from 'fastify';
import { Remembered } from './remembered.js';
import { hashOfToken } from './session-token.js';
import { databaseDown } from './sessions.js';
import type { SessionsOptions } from './sessions.js';

const pattern = /^Bearer pk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/i;
const freshMs = 5000;
const maxRemembered = 1000;

export interface NewApiKey {
  readonly key: string;
  readonly secretHash: Buffer;
  /** What is shown once: all that goes behind `Bearer`. */
  readonly bearer: string;
}

export function newApiKey(): NewApiKey {
  const key = randomHex(6);
  const secret = randomBytes(32).toString('base64url');
  return { key, secretHash: hashOfToken(secret), bearer: `pk_${key}_${secret}` };
}

interface KnownKey {
  readonly key: string;
  readonly partner: string;
}

export interface ApiKeysOptions extends Pick<SessionsOptions, 'settings' | 'clock'> {
  readonly records: Pick<AccessRecords, 'findApiKey'>;
}

export class ApiKeys implements Authenticator {
  readonly #records: ApiKeysOptions['records'];
  readonly #remembered: Remembered<KnownKey>;

  constructor({ records, settings, clock }: ApiKeysOptions) {
    this.#records = records;
    const staleMs = () => settings().offlineMinutes * 60_000;
    this.#remembered = new Remembered({ clock, maxEntries: maxRemembered, freshMs, staleMs });
  }

  async authenticate({ headers }: FastifyRequest): Promise<Authentication> {
    const [, shown, secret] = pattern.exec(headers.authorization ?? '') ?? [];
    if (shown === undefined || secret === undefined) return { kind: 'none' };
    const key = shown.toLowerCase();
    const hash = hashOfToken(secret);
    try {
      const found = await this.#remembered.find(`${key} ${hash.toString('base64')}`, () =>
        this.#records.findApiKey(key, hash),
      );
      return found === undefined
        ? { kind: 'none' }
        : { kind: 'principal', principal: { kind: 'api-key', key: found.key, partner: found.partner } };
    } catch (error) {
      if (errorCode(error) === 'RECORDS_UNAVAILABLE') return databaseDown;
      throw error;
    }
  }

  /** Keys were changed. */
  forgetAll(): void {
    this.#remembered.forgetAll();
  }
}
