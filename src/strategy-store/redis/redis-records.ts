// Reading what Redis holds of a generation, the same way for calls and for the check of a new generation.
import type { Redis } from 'ioredis';
import { answerOf } from '../answers.js';
import type { Generation } from '../generation.js';
import { phoneField } from '../phone-key.js';
import type { StoreAnswer } from '../port.js';
import { bucketKeyOf } from './redis-keys.js';

/** The answer to a look-up in a generation: one HGET. @throws Error of ioredis */
export async function fetchRecord(
  client: Redis,
  generation: Generation,
  phoneNumber: number,
): Promise<StoreAnswer> {
  const key = bucketKeyOf(generation.generation, phoneNumber, generation.buckets);
  const record: unknown = await client.hgetBuffer(key, phoneField(phoneNumber));
  if (record === null) return { kind: 'miss', generation: generation.generation };
  if (!Buffer.isBuffer(record))
    return { kind: 'failure', reason: 'redis: answer is no record', scope: 'record' };
  return answerOf(record, generation);
}

/** Undefined for what is no JSON. */
export function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
