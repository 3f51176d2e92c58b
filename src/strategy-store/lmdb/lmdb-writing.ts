// One generation on its way into LMDB: appended in key order in transactions of some thousands, then read back from first to last.
import { MAX_RECORD_BYTES } from '../codec/record.js';
import { ContentHash } from '../content-hash.js';
import { DamagedGenerationError, IncompleteGenerationError } from '../errors.js';
import type { GenerationWriting } from '../port.js';
import type { StagedGeneration } from '../staged-generation.js';
import {
  changeLmdb,
  phoneNumberOfKey,
  rangeOf,
  RECORD_KEY_BYTES,
  storeGeneration,
  writeRecordKey,
} from './lmdb-environment.js';
import type { LmdbEnvironment } from './lmdb-environment.js';

/** About 5 ms in which nothing else runs here, and nobody else writes. */
const RECORDS_A_TRANSACTION = 5000;

export class LmdbWriting implements GenerationWriting {
  readonly #environment: LmdbEnvironment;
  readonly #staged: StagedGeneration;
  readonly #key = Buffer.alloc(RECORD_KEY_BYTES);
  readonly #record = Buffer.alloc(MAX_RECORD_BYTES);
  /** Views of `#record` by length, so that a put makes none. */
  readonly #views: Buffer[] = [];

  constructor(environment: LmdbEnvironment, staged: StagedGeneration) {
    this.#environment = environment;
    this.#staged = staged;
  }

  async write(onProgress: (written: number) => void): Promise<void> {
    const { generation, phones } = this.#staged;
    changeLmdb(this.#environment, () =>
      storeGeneration(this.#environment, { generation, isPublished: false, retiredAt: undefined }),
    );
    for (let start = 0; start < phones.length; start += RECORDS_A_TRANSACTION) {
      const end = Math.min(start + RECORDS_A_TRANSACTION, phones.length);
      changeLmdb(this.#environment, () => this.#put(start, end), { isFlushedLater: true });
      onProgress(end);
      await new Promise(setImmediate);
    }
  }

  async verify(): Promise<number> {
    const { generation } = this.#staged;
    const { records } = this.#environment;
    records.resetReadTxn();
    const stored = records.getKeysCount(rangeOf(generation.generation));
    if (stored !== generation.phones)
      throw new IncompleteGenerationError(generation.partner, generation.phones, stored);
    if ((await this.#storedHash()) !== generation.contentHash)
      throw new DamagedGenerationError(generation.partner, generation.generation, 'its checksum is another');
    return stored;
  }

  #put(start: number, end: number): void {
    const { records } = this.#environment;
    const { generation } = this.#staged.generation;
    for (let position = start; position < end; position++) {
      const key = writeRecordKey(this.#key, generation, this.#staged.phoneAt(position));
      const length = this.#staged.copyRecord(position, this.#record, 0);
      records.putSync(key, (this.#views[length] ??= this.#record.subarray(0, length)));
    }
  }

  async #storedHash(): Promise<string> {
    const { generation } = this.#staged;
    const hash = new ContentHash(generation);
    let value: Buffer = this.#record;
    const copy = (target: Buffer, offset: number): number => offset + value.copy(target, offset);
    let seen = 0;
    for (const entry of this.#environment.records.getRange(rangeOf(generation.generation))) {
      value = entry.value;
      hash.add(phoneNumberOfKey(entry.key), copy);
      seen += 1;
      if (seen % RECORDS_A_TRANSACTION === 0) await new Promise(setImmediate);
    }
    return hash.digest();
  }
}
