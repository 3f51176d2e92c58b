// An import: every row of a file checked, then taken over chunk by chunk. Each chunk is a transaction, so that the router is never held up
// for long by the embedded database, which serves one at a time; an import that broke off is run again, and what is there is left alone.
import { errorMessage } from '../../kernel/index.js';
import type { CopyRow } from '../database/sql.js';
import type { RecordsDatabase } from '../database/records-database.js';
import type { IdentityKeys } from '../secrets.js';
import { placeColumns } from './columns.js';
import type { Placed } from './columns.js';
import type { ImportCounts } from './counts.js';
import {
  ImportBrokenError,
  ImportInterruptedError,
  ImportKeyError,
  TooManyRejectsError,
  UnknownPartnerError,
} from './errors.js';
import { writeChunk } from './import-chunk.js';
import type { ChunkWriter, WrittenChunk } from './import-chunk.js';
import { planOf } from './kinds.js';
import type { ImportKind } from './kinds.js';
import { RowReader } from './rows.js';
import type { RowProblem } from './rows.js';

/** A table in a file, as the ranking opens one. */
export interface ImportSource {
  readonly columns: readonly string[];
  scan(options: {
    readonly keyOf: (row: readonly string[]) => string | undefined;
    readonly keyColumns: ReadonlySet<number>;
    readonly onProgress?: (share: number) => void;
  }): Promise<{ readonly rows: number; readonly broken: number }>;
  batches(): AsyncIterable<{
    readonly rows: readonly (readonly string[])[];
    readonly numbers: readonly number[];
    readonly repeats: ReadonlyMap<number, 'same' | 'contradicting'>;
    readonly broken: readonly { readonly number: number; readonly problem: string }[];
  }>;
}

export interface RejectedRow extends RowProblem {
  /** Line of a CSV file, row of a Parquet file. */
  readonly number: number;
  /** Undefined where the line is no row. */
  readonly row: readonly string[] | undefined;
}

export interface ImportProgress {
  readonly stage: 'checking' | 'writing';
  readonly done: number;
  readonly of: number;
}

export interface ImportOptions {
  readonly database: RecordsDatabase;
  readonly kind: ImportKind;
  readonly partner: string;
  readonly country: string | undefined;
  /** The file's names of columns by ours, where they differ. */
  readonly renamed: ReadonlyMap<string, string>;
  readonly keys: IdentityKeys;
  readonly maxRejects: number;
  /** Checks all, writes nothing. */
  readonly isDryRun: boolean;
  /** For the audit: the name of the file, and who imports it. */
  readonly fileName: string;
  readonly actor: string;
  /** Rows a chunk. Default 10,000, and 2,000 for the embedded database. */
  readonly chunkRows?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Called with every rejected row, also of the chunk that is not written for it. */
  readonly onReject?: (rejected: RejectedRow) => void;
}

export interface ImportResult extends ImportCounts {
  /** Columns of the file that were not taken. */
  readonly ignored: readonly string[];
  /** False: the database does not learn of changes; the next ranking does. */
  readonly hasLearned: boolean;
}

const CHUNK_ROWS = { postgresql: 10_000, embedded: 2000 } as const;

/**
 * @throws ImportColumnsError, ImportKeyError, UnknownPartnerError before anything is written; ImportBrokenError, which says how far it
 *   came and why no further; what the source throws as it is scanned
 */
export async function importTable(source: ImportSource, options: ImportOptions): Promise<ImportResult> {
  const { database, kind, partner, keys } = options;
  const plan = planOf(kind, options);
  const placed = placeColumns(plan, source.columns, options.renamed);
  const hashed = placed.fields.find((field) => field.hashed !== undefined);
  if (hashed !== undefined && keys.currentId === undefined) throw new ImportKeyError(hashed.field);
  const [known] = await database.query<{ partners: number; canLearn: boolean }>(
    `SELECT (SELECT count(*) FROM proffer.partners WHERE partner = $1) AS partners,
       to_regprocedure('proffer.learn_many(text, text[])') IS NOT NULL AS "canLearn"`,
    [partner],
  );
  if (known === undefined || known.partners === 0) throw new UnknownPartnerError(partner);
  const reader = new RowReader({ plan, placed, partner, keys });
  const writer = { ...options, plan, columns: reader.columns, canLearn: known.canLearn };
  return new TableImport(source, reader, { ...options, writer, placed }).run();
}

interface RunOptions extends ImportOptions {
  readonly writer: ChunkWriter;
  readonly placed: Placed;
}

/** Rows on their way to the database. */
interface Chunk {
  readonly rows: CopyRow[];
  /** The rows as the file has them, by their number. */
  readonly originals: Map<number, readonly string[]>;
  readonly rejected: RejectedRow[];
  repeated: number;
}

class TableImport {
  readonly #source: ImportSource;
  readonly #reader: RowReader;
  readonly #options: RunOptions;
  readonly #counts: ImportCounts = {
    read: 0,
    added: 0,
    changed: 0,
    same: 0,
    repeated: 0,
    rejected: 0,
    learned: 0,
  };
  #total = 0;

  constructor(source: ImportSource, reader: RowReader, options: RunOptions) {
    this.#source = source;
    this.#reader = reader;
    this.#options = options;
  }

  async run(): Promise<ImportResult> {
    const { writer, placed } = this.#options;
    try {
      await this.#scan();
      await this.#writeAll();
    } catch (error) {
      if (this.#counts.read > 0) await this.#audit(false).catch(() => undefined);
      throw new ImportBrokenError(errorMessage(error), { ...this.#counts }, error);
    }
    await this.#audit(true);
    return { ...this.#counts, ignored: placed.ignored, hasLearned: writer.canLearn };
  }

  async #scan(): Promise<void> {
    const { onProgress, maxRejects } = this.#options;
    const { rows, broken } = await this.#source.scan({
      keyOf: (row) => this.#reader.keyOf(row),
      keyColumns: this.#reader.keyColumns,
      onProgress: (share) => {
        this.#throwIfInterrupted();
        onProgress?.({ stage: 'checking', done: share, of: 1 });
      },
    });
    this.#total = rows;
    if (broken > maxRejects) await this.#tellBroken(broken);
  }

  /** So many lines are no rows that nothing is tried. */
  async #tellBroken(broken: number): Promise<never> {
    const { maxRejects, onReject } = this.#options;
    let told = 0;
    for await (const batch of this.#source.batches()) {
      for (const { number, problem } of batch.broken) {
        onReject?.({ number, field: '', reason: problem, row: undefined });
        told += 1;
      }
      if (told > maxRejects) break;
    }
    throw new TooManyRejectsError(broken, maxRejects);
  }

  /** While the database writes one chunk, the next is read. */
  async #writeAll(): Promise<void> {
    const { database, chunkRows = CHUNK_ROWS[database.kind] } = this.#options;
    let writing: Promise<void> = Promise.resolve();
    let chunk = newChunk();
    const flush = async (): Promise<void> => {
      await writing;
      this.#throwIfInterrupted();
      writing = this.#write(chunk);
      // Its failure is met at the next flush; until then nobody waits for it.
      writing.catch(() => undefined);
      chunk = newChunk();
    };
    try {
      for await (const batch of this.#source.batches()) {
        for (const { number, problem } of batch.broken) {
          chunk.rejected.push({ number, field: '', reason: problem, row: undefined });
        }
        for (const [place, row] of batch.rows.entries()) {
          this.#take(chunk, row, { number: batch.numbers[place] ?? 0, repeat: batch.repeats.get(place) });
          if (chunk.rows.length >= chunkRows || chunk.rejected.length >= chunkRows) await flush();
        }
      }
      await flush();
    } finally {
      await writing;
    }
  }

  #take(
    chunk: Chunk,
    row: readonly string[],
    { number, repeat }: { readonly number: number; readonly repeat: 'same' | 'contradicting' | undefined },
  ): void {
    if (repeat === 'same') {
      chunk.repeated += 1;
      return;
    }
    const read =
      repeat === undefined
        ? this.#reader.read(row, number)
        : { field: '', reason: 'is there more than once, with different values' };
    if ('reason' in read) chunk.rejected.push({ ...read, number, row });
    else {
      chunk.rows.push(read);
      chunk.originals.set(number, row);
    }
  }

  async #write(chunk: Chunk): Promise<void> {
    const { writer, onProgress, onReject } = this.#options;
    const counts = this.#counts;
    const { rejected } = chunk;
    let written: WrittenChunk = { added: 0, changed: 0, same: 0, refused: [], learned: 0 };
    const check = ({ refused }: WrittenChunk): void => this.#checkRejects(rejected.length + refused.length);
    const withRefused = (refused: WrittenChunk['refused']): RejectedRow[] =>
      [...rejected, ...refused.map((one) => ({ ...one, row: chunk.originals.get(one.number) }))].toSorted(
        (a, b) => a.number - b.number,
      );
    let all = rejected;
    try {
      if (chunk.rows.length === 0) check(written);
      else {
        written = await writeChunk(writer, chunk.rows, (done) => {
          all = withRefused(done.refused);
          check(done);
        });
      }
    } finally {
      for (const one of all) onReject?.(one);
    }
    const { added, changed, same, refused, learned } = written;
    counts.read += chunk.rows.length + rejected.length + chunk.repeated;
    counts.added += added;
    counts.changed += changed;
    counts.same += same;
    counts.repeated += chunk.repeated + chunk.rows.length - added - changed - same - refused.length;
    counts.rejected += rejected.length + refused.length;
    counts.learned += learned;
    onProgress?.({ stage: 'writing', done: counts.read, of: this.#total });
  }

  #checkRejects(more: number): void {
    const { maxRejects } = this.#options;
    const rejected = this.#counts.rejected + more;
    if (rejected > maxRejects) throw new TooManyRejectsError(rejected, maxRejects);
  }

  #throwIfInterrupted(): void {
    if (this.#options.signal?.aborted === true) throw new ImportInterruptedError();
  }

  async #audit(isComplete: boolean): Promise<void> {
    const { database, actor, kind, partner, fileName, isDryRun } = this.#options;
    if (isDryRun) return;
    await database.query(
      `INSERT INTO proffer.audit (actor, action, subject, detail) VALUES ($1, 'import', $2, $3)`,
      [
        actor,
        `${partner}/${kind}`,
        JSON.stringify({ file: fileName, isComplete, rows: this.#total, ...this.#counts }),
      ],
    );
  }
}

function newChunk(): Chunk {
  return { rows: [], originals: new Map(), rejected: [], repeated: 0 };
}
