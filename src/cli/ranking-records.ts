// What ranking and training read of the records database. It is opened when a run first asks for it: one that reads no records needs
// none, and one that finds no embedded database starts none.
import type { Environment } from '../config/index.js';
import type { BestOfferWriter, RecordedHistory, RecordedPast } from '../ranking/index.js';
import { openExistingRecords, RecordsHistory, writeBestOffers } from '../records/index.js';
import type { ExistingRecords, RecordsDatabase } from '../records/index.js';

export class RankingRecords implements RecordedHistory, BestOfferWriter {
  readonly #environment: Environment;
  #opened: Promise<ExistingRecords | undefined> | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  async upTo(at: number | undefined): Promise<RecordedPast | undefined> {
    const database = await this.database();
    return database && new RecordsHistory(database, `records at ${database.place}`).upTo(at);
  }

  async write(
    ...[partner, bestOf]: Parameters<BestOfferWriter['write']>
  ): ReturnType<BestOfferWriter['write']> {
    const database = await this.database();
    return database && writeBestOffers(database, partner, bestOf);
  }

  /** Undefined: there is none yet. @throws RecordsUnavailableError when there is one that cannot be opened */
  async database(): Promise<RecordsDatabase | undefined> {
    this.#opened ??= openExistingRecords(this.#environment);
    return (await this.#opened)?.database;
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.close();
  }
}
