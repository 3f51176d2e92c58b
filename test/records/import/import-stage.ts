// A catalogue to import into, and tables in memory to import.
import { importTable } from '../../../src/records/import/import-table.js';
import type { ImportOptions, ImportSource, RejectedRow } from '../../../src/records/import/import-table.js';
import { IdentityKeys } from '../../../src/records/secrets.js';
import type { RecordsStage } from '../../support/records-stage.js';

export const keys = new IdentityKeys('a key of the tests alone', []);

export async function fillCatalogue({ database }: RecordsStage): Promise<void> {
  await database.transaction((session) =>
    session.script(`
      INSERT INTO proffer.partners (partner, name) VALUES ('acme', 'Acme'), ('borealis', 'Borealis');
      INSERT INTO proffer.products (product, name, family) VALUES ('card', 'Card', 'cards'), ('help', 'Help', 'help');
      INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url) VALUES
        ('CARD', 'acme', 'card', 'sales', 'Card', 10, 'https://acme.test/card'),
        ('HELP', 'acme', 'help', 'service', 'Help', 1, 'https://acme.test/help'),
        ('BOR-HELP', 'borealis', 'help', 'service', 'Help', 1, 'https://borealis.test/help');`),
  );
}

/** @param lines with commas between; the first names the columns */
export function tableOf(lines: readonly string[]): ImportSource {
  const [columns = [], ...rows] = lines.map((line) => line.split(','));
  const keysSeen = new Map<string, number[]>();
  const repeats = new Map<number, 'same' | 'contradicting'>();
  return {
    columns,
    scan: async ({ keyOf, keyColumns }) => {
      rows.forEach((row, place) => {
        const key = keyOf(row);
        if (key !== undefined) keysSeen.set(key, [...(keysSeen.get(key) ?? []), place]);
      });
      for (const places of keysSeen.values()) {
        const isSame =
          new Set(places.map((place) => String(rows[place]?.filter((_, n) => !keyColumns.has(n))))).size ===
          1;
        for (const place of isSame ? places.slice(1) : places.length > 1 ? places : [])
          repeats.set(place, isSame ? 'same' : 'contradicting');
      }
      return { rows: rows.length, broken: 0 };
    },
    batches: async function* () {
      yield { rows, numbers: rows.map((_, place) => place + 2), repeats, broken: [] };
    },
  };
}

export async function take(
  { database }: RecordsStage,
  kind: ImportOptions['kind'],
  lines: readonly string[] | ImportSource,
  options: Partial<ImportOptions> = {},
) {
  const rejected: RejectedRow[] = [];
  const source = 'scan' in lines ? lines : tableOf(lines);
  const result = await importTable(source, {
    database,
    kind,
    partner: 'acme',
    country: 'US',
    renamed: new Map(),
    keys,
    maxRejects: 1000,
    isDryRun: false,
    fileName: 'test.csv',
    actor: 'test',
    onReject: (one) => rejected.push(one),
    ...options,
  });
  const { read, added, changed, same, repeated } = result;
  return {
    counts: { read, added, changed, same, repeated, rejected: result.rejected },
    rejects: rejected.map(({ number, field, reason }) => `${number}: ${field} ${reason}`),
    result,
  };
}
