// Where the rows of a model come from: the file or query of its settings, or the past exposures of an offer.
import { join } from 'node:path';
import type { ModelSettings } from '../../config/index.js';
import type { SourceReport } from '../report/run-report.js';
import { loadTable } from '../sources/load-table.js';
import { candidateColumns } from './choose-columns.js';
import type { TypedColumn } from './choose-columns.js';
import { TrainingDataError } from './errors.js';
import { loadExposures } from './exposure-rows.js';
import type { LoadedRows, TrainingDataOptions } from './loaded-rows.js';
import { readTable } from './read-table.js';
import type { ReadTable } from './read-table.js';

export interface TrainingData extends ReadTable {
  readonly sources: readonly SourceReport[];
}

/** @throws SourceError, TooManyRejectedError, TrainingDataError, RankingEngineError, RunInterruptedError */
export async function loadTrainingData(
  settings: ModelSettings,
  options: TrainingDataOptions,
): Promise<TrainingData> {
  const { data, model } = settings;
  const loaded =
    data.offer === undefined
      ? await loadFile(settings, options)
      : await loadExposures(data.offer, settings, options);
  const { kept, dropped } = candidateColumns(loaded.columns, {
    ...loaded.relation,
    features: settings.features,
    leaks: settings.leaks,
  });
  checkFeatures(settings, loaded.columns);
  const read = await readTable(options.database, model, { ...loaded.relation, columns: kept });
  const rejected = loaded.sources.filter((one) => one.rejected > 0);
  return {
    sources: loaded.sources,
    table: read.table,
    dropped: [...dropped, ...read.dropped],
    notes: [
      ...rejected.map(
        (one) => `${one.rejected} of ${one.rows} rows of ${one.source} rejected${rejectedIn(one)}`,
      ),
      ...loaded.notes,
      ...read.notes,
    ],
  };
}

async function loadFile(settings: ModelSettings, options: TrainingDataOptions): Promise<LoadedRows> {
  const { data, model, label, positive, timeColumn, customerColumn } = settings;
  if (label === undefined) throw new TrainingDataError(model, 'label is not set');
  checkTime(settings);
  const table = 'training';
  const report = await loadTable(data, {
    database: options.database,
    label: `data of model ${model}`,
    queries: options.queries,
    workDirectory: options.workDirectory,
    signal: options.signal,
    table,
    rejectedFile: join(options.directory, 'rejected.csv'),
    ...(customerColumn === undefined ? {} : { personalColumns: [customerColumn] }),
  });
  return {
    relation: {
      sql: table,
      label,
      positive,
      ...(timeColumn === undefined ? {} : { timeColumn }),
      ...(customerColumn === undefined ? {} : { customerColumn }),
    },
    columns: data.columns,
    sources: [report],
    notes: [],
  };
}

function checkTime({ model, timeColumn, data }: ModelSettings): void {
  const type = data.columns.find(({ column }) => column === timeColumn)?.type;
  if (timeColumn === undefined || type === 'date' || type === 'timestamp') return;
  const is = type === undefined ? 'no column of data' : `of type ${type}`;
  throw new TrainingDataError(model, `timeColumn: ${timeColumn} is ${is}; it must be a date or a timestamp`);
}

function checkFeatures({ model, features }: ModelSettings, columns: readonly TypedColumn[]): void {
  const known = columns.map(({ column }) => column);
  const unknown = features.find((feature) => !known.includes(feature));
  if (unknown === undefined) return;
  throw new TrainingDataError(
    model,
    `features: there is no column ${unknown}; the columns are ${known.join(', ')}`,
  );
}

const rejectedIn = ({ rejectedFile }: SourceReport): string =>
  rejectedFile === null ? '' : `; they are in ${rejectedFile}`;
