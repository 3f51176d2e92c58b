// Past exposures of an offer as training rows: what became of each, with what is known of the customer.
//
// Customers and accounts are as they are now: what they were like at the time of the exposure is not in the data. A column that
// the sale itself changes belongs in `leaks`.
import type { ModelSettings, PartnerRanking, Source } from '../../config/index.js';
import { accountColumn, accountsSql } from '../plan/base-sql.js';
import { recordsWords } from '../report/records-words.js';
import type { RecordsReport, SourceReport } from '../report/run-report.js';
import { hasSource, isRecorded, planColumns, sourceOf } from '../rules/columns.js';
import { loadSources } from '../sources/load-sources.js';
import { list, name, text } from '../sql.js';
import { TrainingDataError } from './errors.js';
import type { LoadedRows, TrainingDataOptions } from './loaded-rows.js';

/** Dispositions of exposures that the customer never answered. */
const NOT_PRESENTED = 'not-presented';

const table = 'training';
const neededSources: readonly Source['source'][] = ['customers', 'accounts', 'exposures'];

/** @throws TrainingDataError when the partner's ranking has no exposures with dispositions; what loading sources throws */
export async function loadExposures(
  offer: string,
  settings: ModelSettings,
  options: TrainingDataOptions,
): Promise<LoadedRows> {
  const ranking = rankingOf(settings, options.rankings);
  const { sources, records } = await loadSources(
    {
      ...ranking,
      sources: ranking.sources.filter(({ source }) => neededSources.includes(source)),
      records: { ...ranking.records, purchases: false, serviceAlerts: false },
    },
    // All that is known by now.
    { ...options, at: undefined, onSource: () => undefined },
  );
  const columns = [...planColumns(ranking).values()].filter(({ scope }) => scope === 'customer');
  const { database } = options;
  const hasAccounts = sourceOf(ranking, 'accounts') !== undefined;
  if (hasAccounts) await database.run(`accounts of ${ranking.partner}`, accountsSql(ranking));
  await database.run(
    `model ${settings.model}`,
    `CREATE OR REPLACE TABLE ${table} AS
     SELECT exposures.row AS row, exposures.at AS "exposure at", exposures.disposition AS "exposure disposition",
       ${list(columns.map((column) => columnSql(column.name)))}
     FROM exposures JOIN customers ON customers.row = exposures.cid
     ${hasAccounts ? 'LEFT JOIN account_sums ON account_sums.cid = exposures.cid' : ''}
     WHERE exposures.offer = ${text(offer)}`,
  );
  const answered = `"exposure disposition" <> ${text(NOT_PRESENTED)}`;
  const [all = 0, kept = 0] = await database.numbers(
    `model ${settings.model}`,
    `SELECT count(*), count(*) FILTER (${answered}) FROM ${table}`,
  );
  if (all === 0) throw new TrainingDataError(settings.model, `there is no exposure of ${offer}`);
  return {
    relation: {
      sql: `(SELECT * FROM ${table} WHERE ${answered})`,
      label: 'exposure disposition',
      positive: settings.positive,
      timeColumn: 'exposure at',
      customerColumn: 'customer',
    },
    columns: columns.map((column) => ({ column: column.name, type: column.type })),
    sources,
    notes: [
      ...(all === kept
        ? []
        : [`${all - kept} of ${all} exposures of ${offer} left out: without an answer, or not presented`]),
      ...recordsNotes(records, sources),
      'customers and accounts are as they are now, not as they were at the exposure',
    ],
  };
}

function rankingOf(settings: ModelSettings, rankings: readonly PartnerRanking[]): PartnerRanking {
  const ranking = rankings.find((one) => one.partner === settings.partner);
  if (ranking === undefined || !hasSource(ranking, 'exposures')) {
    throw new TrainingDataError(
      settings.model,
      `data.offer needs the source exposures, or records.exposures, in the ranking of ${settings.partner}`,
    );
  }
  const columns = sourceOf(ranking, 'exposures')?.columns ?? [];
  if (!isRecorded(ranking, 'exposures') && !columns.some(({ column }) => column === 'disposition')) {
    throw new TrainingDataError(
      settings.model,
      `data.offer needs the column disposition in the exposures of ${settings.partner}`,
    );
  }
  return ranking;
}

/** What of the rows was learned on calls. */
function recordsNotes(records: RecordsReport, sources: readonly SourceReport[]): readonly string[] {
  const words = recordsWords(records, sources);
  return words === undefined ? [] : [words];
}

function columnSql(column: string): string {
  return column.startsWith('accounts.')
    ? accountColumn(column)
    : `customers.${name(column)} AS ${name(column)}`;
}
