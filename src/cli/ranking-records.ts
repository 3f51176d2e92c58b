// What ranking and training read of the records database. It is opened when a run first asks for it: one that reads no records needs
// none, and one that finds no embedded database starts none.
import type { Environment, Settings } from '../config/index.js';
import type { RecordedHistory, RecordedPast } from '../ranking/index.js';
import { RecordsHistory } from '../records/index.js';
import type { RecordsDatabase } from '../records/index.js';
import { openRankingRecords } from './open-ranking-records.js';
import type { OpenRecords } from './open-ranking-records.js';

export class RankingRecords implements RecordedHistory {
  readonly #environment: Environment;
  readonly #settings: Settings['process']['records'];
  #opened: Promise<OpenRecords | undefined> | undefined;

  constructor(environment: Environment, settings: Settings['process']['records']) {
    this.#environment = environment;
    this.#settings = settings;
  }

  async upTo(at: number | undefined): Promise<RecordedPast | undefined> {
    const database = await this.database();
    return database === undefined
      ? undefined
      : new RecordsHistory(database, `records at ${database.place}`).upTo(at);
  }

  /** Undefined: there is none yet. @throws an AppError when there is one that cannot be opened */
  async database(): Promise<RecordsDatabase | undefined> {
    this.#opened ??= openRankingRecords(this.#environment, this.#settings);
    return (await this.#opened)?.database;
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.close();
  }
}
