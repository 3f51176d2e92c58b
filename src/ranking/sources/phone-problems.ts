// Phone numbers that cannot be published, told like any other rejected rows: texts that are no number, numbers past the most a
// customer may have.
import { join } from 'node:path';
import type { RankingDatabase } from '../database.js';
import { TooManyRejectedError } from '../errors.js';
import type { SourceProblem, SourceReport } from '../report/run-report.js';
import { list, text } from '../sql.js';

/** What the strategy store takes of one customer. */
export const MOST_PHONES = 50;
const SAMPLES = 5;
const NO_NUMBER = 1;
const TOO_MANY = 2;

export interface PhoneProblemOptions {
  readonly database: RankingDatabase;
  /** Where rejected rows are written. */
  readonly directory: string;
  readonly country: string | undefined;
}

/**
 * Takes the rows that cannot be published out of `phones`, which has `number`, null where there is none.
 * @throws TooManyRejectedError
 */
export async function rejectPhones(
  report: SourceReport,
  options: PhoneProblemOptions,
): Promise<SourceReport> {
  const { database, directory } = options;
  const { source, maxRejected } = report;
  await database.run(source, markedSql);
  const problems = await problemsOf(source, options);
  if (problems.length === 0) return report;
  const file = join(directory, 'rejected-phone-numbers.csv');
  const words = list(problemWords(options.country).map(text));
  await database.run(
    source,
    `COPY (SELECT row AS "#row", [${words}][problem] AS "#problem", customer, phone
           FROM phones JOIN bad_phones USING (row) ORDER BY row) TO ${text(file)} (FORMAT csv, HEADER)`,
  );
  await database.run(source, 'DELETE FROM phones WHERE row IN (SELECT row FROM bad_phones)');
  const bad = problems.reduce((sum, one) => sum + one.rows, 0);
  const rejected = report.rejected + bad;
  const rejectedFile = report.rejectedFile ?? file;
  if (rejected > maxRejected)
    throw new TooManyRejectedError(source, rejected, { maxRejected, file: rejectedFile });
  return {
    ...report,
    accepted: report.accepted - bad,
    rejected,
    rejectedFile,
    problems: [...report.problems, ...problems].toSorted((a, b) => b.rows - a.rows),
  };
}

function problemWords(country: string | undefined): readonly string[] {
  const where = country === undefined ? ' in E.164 form (country is not set)' : ` (country ${country})`;
  return [`phone is no phone number${where}`, `customer has more than ${MOST_PHONES} numbers`];
}

/** Of too many numbers those count that come first. */
const markedSql = `CREATE OR REPLACE TEMP TABLE bad_phones AS
  SELECT row, ${NO_NUMBER} AS problem FROM phones WHERE number IS NULL
  UNION ALL
  SELECT row, ${TOO_MANY} AS problem FROM phones JOIN (
    SELECT customer, number, row_number() OVER (PARTITION BY customer ORDER BY min(row)) AS nth
    FROM phones JOIN (
      SELECT customer FROM phones WHERE number IS NOT NULL GROUP BY customer HAVING count(*) > ${MOST_PHONES}
    ) AS crowded USING (customer)
    WHERE number IS NOT NULL GROUP BY customer, number
  ) AS ordered USING (customer, number) WHERE nth > ${MOST_PHONES}`;

async function problemsOf(
  source: string,
  { database, country }: PhoneProblemOptions,
): Promise<readonly SourceProblem[]> {
  const counts = await database.rows(
    source,
    'SELECT problem, count(*) FROM bad_phones GROUP BY problem ORDER BY problem',
  );
  const problems: SourceProblem[] = [];
  for (const [problem, rows] of counts) {
    const samples = await database.rows(
      source,
      `SELECT row, repeat('*', greatest(length(phone) - 2, 0)) || right(phone, 2)
       FROM phones JOIN bad_phones USING (row) WHERE problem = ${Number(problem)} ORDER BY row LIMIT ${SAMPLES}`,
    );
    problems.push({
      problem: problemWords(country)[Number(problem) - 1] ?? '',
      rows: Number(rows),
      samples: samples.map(([row, shown]) => ({ row: Number(row), text: String(shown) })),
    });
  }
  return problems;
}
