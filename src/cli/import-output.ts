// What an import has come to, for people and as JSON.
import { textTable } from '../kernel/index.js';
import type { ImportCounts, ImportKind } from '../records/index.js';
import type { ImportRejects } from './import-rejects.js';

export interface ImportOutcome {
  readonly kind: ImportKind;
  readonly partner: string;
  readonly file: string;
  readonly format: 'CSV' | 'Parquet';
  readonly isDryRun: boolean;
  /** Where the database is. */
  readonly place: string;
  readonly counts: ImportCounts;
  readonly ignored: readonly string[];
  readonly hasLearned: boolean;
  readonly seconds: number;
  /** Why it ended before the file did. */
  readonly error: string | undefined;
}

export const EXIT = { all: 0, failed: 1, someRejected: 2 } as const;

export function exitCode({ error, counts }: ImportOutcome, rejects: ImportRejects): number {
  if (error !== undefined || rejects.problem !== undefined) return EXIT.failed;
  return counts.rejected > 0 ? EXIT.someRejected : EXIT.all;
}

export function outcomeJson(outcome: ImportOutcome, rejects: ImportRejects): string {
  const { counts, seconds, error, isDryRun, ignored, hasLearned, kind, partner, file, place } = outcome;
  const answer = {
    ok: exitCode(outcome, rejects) !== EXIT.failed,
    ...{ kind, partner, file, database: place, isDryRun },
    read: counts.read,
    new: counts.added,
    changed: counts.changed,
    same: counts.same,
    repeated: counts.repeated,
    rejected: rejects.count,
    learned: hasLearned ? counts.learned : null,
    seconds: Number(seconds.toFixed(3)),
    rowsPerSecond: rate(outcome),
    peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
    ignoredColumns: ignored,
    rejectsFile: rejects.path ?? null,
    rejectsProblem: rejects.problem ?? null,
    firstRejected: rejects.first,
    error: error ?? null,
  };
  return `${JSON.stringify(answer, null, 2)}\n`;
}

/** Lines for standard output. */
export function outcomeText(outcome: ImportOutcome): readonly string[] {
  const { counts, seconds, kind, partner, place, isDryRun, ignored, hasLearned } = outcome;
  const columns = ['read', 'new', 'changed', 'the same', 'repeated', 'rejected', 'seconds'];
  const values = [
    ...[counts.read, counts.added, counts.changed, counts.same, counts.repeated, counts.rejected].map(
      grouped,
    ),
    seconds.toFixed(1),
  ];
  const table = textTable(
    columns.map((head) => ({ head, isNumber: true })),
    [values],
  );
  const what = isDryRun ? 'checked against' : 'imported into';
  const lines = [
    ...table,
    `${kind} of ${partner} ${what} ${place}, ${grouped(rate(outcome))} rows/s${isDryRun ? '; nothing was written (--dry-run)' : ''}`,
  ];
  if (ignored.length > 0) lines.push(`columns that were not taken: ${ignored.join(', ')}`);
  if (!hasLearned && (kind === 'alerts' || kind === 'accounts')) {
    lines.push('routers hear of it from the next ranking: this database has no proffer.learn_many');
  }
  return lines;
}

function rate({ counts, seconds }: ImportOutcome): number {
  return Math.round(counts.read / Math.max(seconds, 0.001));
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
