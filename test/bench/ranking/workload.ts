// The work of the ranking benchmark: customers with 20 features, a history, and 50 offers with rules, gates and a logistic model
// each. The same for the same counts, whatever the threads.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { makeDirectory } from '../../../src/kernel/index.js';
import type { LogisticModel, ModelFeature, ModelFile } from '../../../src/ranking/model/logistic-model.js';
import { SettingsFolder } from '../../support/router-settings.js';

export const OFFERS = 50;
export const NUMERIC = 14;
export const CATEGORICAL = 6;
const LEVELS = 8;
const FAMILIES = 10;
const PARTNER = 'acme';

export interface Workload {
  readonly customers: number;
  readonly directory: string;
  readonly settings: SettingsFolder;
}

/** The default up to two millions, then as much as keeps the whole process within 3 GB. */
export function memoryLimitMb(customers: number): number {
  return customers > 2_000_000 ? 1280 : 512;
}

/** Writes sources, settings and models under `directory` and `dataDir`. */
export async function makeWorkload(customers: number, directory: string, dataDir: string): Promise<Workload> {
  makeDirectory(directory);
  await writeSources(customers, directory);
  const settings = new SettingsFolder();
  writeSettings(settings, directory);
  settings.change((draft) => (draft.ranking.run = { memoryLimitMb: memoryLimitMb(customers) }));
  writeModels(dataDir);
  return { customers, directory, settings };
}

async function writeSources(customers: number, directory: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: '2GB',
    temp_directory: directory,
  });
  const connection = await instance.connect();
  const copy = (table: string, select: string): Promise<unknown> =>
    connection.run(`COPY (${select}) TO '${join(directory, `${table}.parquet`)}' (FORMAT parquet)`);
  const rows = `range(${customers}) AS t(i)`;
  const customer = `'A' || lpad(i::VARCHAR, 9, '0')`;
  const at = (of: string): string => `TIMESTAMP '2026-11-26' - to_days((hash(${of}) % 700)::INTEGER)`;
  const numbers = Array.from(
    { length: NUMERIC },
    (_, n) =>
      `CASE WHEN hash(i, ${n}, 'null') % 50 = 0 THEN NULL ELSE (hash(i, ${n}) % 100000) / 100.0 END::DOUBLE AS n${n}`,
  );
  const texts = Array.from(
    { length: CATEGORICAL },
    (_, n) => `'level' || (hash(i, ${n}, 'text') % ${LEVELS}) AS c${n}`,
  );
  const flags = `hash(i, 'out') % 40 = 0 AS "optOut", hash(i, 'complaint') % 60 = 0 AS complaint`;
  const region = `['north', 'south', 'east', 'west'][1 + (hash(i, 'region') % 4)::INTEGER] AS region`;
  await copy(
    'customers',
    `SELECT ${[`${customer} AS customer`, region, flags, ...numbers, ...texts].join(', ')} FROM ${rows}`,
  );
  await copy('phones', `SELECT ${customer} AS customer, '+' || (15550000000 + i * 7) AS phone FROM ${rows}`);
  const offer = (of: string): string => `'OFFER-' || lpad((hash(${of}) % ${OFFERS})::VARCHAR, 2, '0')`;
  const disposition = `['declined', 'declined', 'accepted', 'callback', 'not-presented', NULL][1 + (hash(i, 'said') % 6)::INTEGER]`;
  await copy(
    'exposures',
    `SELECT 'A' || lpad((hash(i, 'who') % ${customers})::VARCHAR, 9, '0') AS customer, ${offer(`i, 'offer'`)} AS offer,
       ${at(`i, 'at'`)} AS at, ${disposition} AS disposition FROM range(${2 * customers}) AS t(i)`,
  );
  await copy(
    'purchases',
    `SELECT 'A' || lpad((hash(i, 'buyer') % ${customers})::VARCHAR, 9, '0') AS customer,
       'product-' || (hash(i, 'product') % ${OFFERS}) AS product FROM range(${Math.ceil(customers / 2)}) AS t(i)`,
  );
  connection.closeSync();
  instance.closeSync();
}

function offerCode(index: number): string {
  return `OFFER-${String(index).padStart(2, '0')}`;
}

function writeSettings(folder: SettingsFolder, directory: string): void {
  const indexes = Array.from({ length: OFFERS }, (_, index) => index);
  const file = (table: string): string => join(directory, `${table}.parquet`);
  const text = (column: string) => ({ column, type: 'text' as const });
  folder.change((draft) => {
    draft.offers.products = [
      ...(draft.offers.products ?? []),
      ...indexes.map((index) => ({
        product: `product-${index}`,
        name: `Product ${index}`,
        family: `family-${index % FAMILIES}`,
      })),
    ];
    const first = draft.offers.offers?.[0];
    draft.offers.offers = [
      ...(draft.offers.offers ?? []),
      ...indexes.map((index) => ({
        // Each its own: YAML would write one as a reference to another.
        ...structuredClone(first),
        offer: offerCode(index),
        product: `product-${index}`,
        partner: PARTNER,
        name: `Offer ${index}`,
        value: 20 + ((index * 37) % 180),
      })),
    ];
    draft.ranking.models = indexes.map((index) => ({
      model: `model-${index}`,
      partner: PARTNER,
      label: 'label',
      data: { file: 'unused.parquet', columns: [text('label')] },
    }));
    draft.ranking.rankings = [
      {
        partner: PARTNER,
        topK: 5,
        maxPerFamily: 2,
        minExpectedValue: 0.01,
        contactPolicy: { maxExposures: 4, withinDays: 60 },
        sources: [
          {
            source: 'customers',
            file: file('customers'),
            columns: [
              text('customer'),
              { column: 'region', type: 'text', values: ['north', 'south', 'east', 'west'] },
              { column: 'optOut', type: 'boolean' },
              { column: 'complaint', type: 'boolean' },
              ...Array.from({ length: NUMERIC }, (_, n) => ({
                column: `n${n}`,
                type: 'decimal' as const,
                minimum: 0,
                maximum: 1000,
              })),
              ...Array.from({ length: CATEGORICAL }, (_, n) => text(`c${n}`)),
            ],
          },
          { source: 'phones', file: file('phones'), columns: [text('customer'), text('phone')] },
          {
            source: 'exposures',
            file: file('exposures'),
            columns: [
              text('customer'),
              text('offer'),
              { column: 'at', type: 'timestamp' },
              text('disposition'),
            ],
          },
          { source: 'purchases', file: file('purchases'), columns: [text('customer'), text('product')] },
        ],
        offers: indexes.map((index) => ({
          offer: offerCode(index),
          eligibility: {
            rule: `n${index % NUMERIC} > ${(index % 7) * 60} and (c${index % CATEGORICAL} <> 'level${index % LEVELS}' or n${(index + 3) % NUMERIC} < 500)`,
            offerExposure: { maxTimes: 1, notWithinDays: 30 },
            familyExposure: { notWithinDays: 7 },
            coolOffDays: 90,
          },
          propensity: { kind: 'logistic', model: `model-${index}` },
        })),
      },
    ];
  });
}

function writeModels(dataDir: string): void {
  makeDirectory(join(dataDir, 'models'));
  for (let index = 0; index < OFFERS; index++) {
    const file: ModelFile = {
      format: 'proffer-model',
      version: 1,
      kind: 'logistic',
      model: `model-${index}`,
      partner: PARTNER,
      ...logisticModel(index),
      training: {
        trainedAt: '2026-11-26T00:00:00.000Z',
        rows: 1000,
        positives: 50,
        from: '1',
        until: '1000',
        dataHash: '0'.repeat(64),
        penalty: 1,
        droppedColumns: [],
      },
    };
    writeFileSync(join(dataDir, 'models', `model-${index}.json`), JSON.stringify(file));
  }
}

/** Coefficients that spread propensities over a few per cent, another set an offer. */
function logisticModel(index: number): LogisticModel {
  const coefficient = (n: number): number => Math.sin(index * 12.9898 + n * 78.233) / 3;
  const features: ModelFeature[] = [];
  for (let n = 0; n < NUMERIC; n++) {
    features.push({
      kind: 'numeric',
      column: `n${n}`,
      mean: 500,
      standardDeviation: 288,
      coefficient: coefficient(n),
      missingCoefficient: coefficient(n + 100),
    });
  }
  for (let n = 0; n < CATEGORICAL; n++) {
    const levels = Array.from({ length: LEVELS }, (_, level) => ({
      level: `level${level}`,
      coefficient: coefficient(200 + n * LEVELS + level),
      rows: 100,
    }));
    features.push({ kind: 'categorical', column: `c${n}`, levels, missingCoefficient: 0 });
  }
  return { intercept: -3, features, calibration: { slope: 1, intercept: 0 } };
}
