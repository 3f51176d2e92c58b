// What the ranking reads of a records database, without one: rows given by a test.
import { writeFileSync } from 'node:fs';
import type { RecordedHistory } from '../../src/ranking/index.js';

/** Columns of each kind, `customer` first. */
const columns = {
  exposures: ['customer', 'offer', 'at', 'disposition'],
  purchases: ['customer', 'product', 'at', 'endedAt'],
  serviceAlerts: ['customer', 'offer', 'openedAt', 'closedAt'],
} as const;

type RecordedTables = Partial<Record<keyof typeof columns, readonly (readonly (string | null)[])[]>>;

export function recordedPast(tables: RecordedTables): RecordedHistory {
  return {
    upTo: (at) =>
      Promise.resolve({
        place: 'records of the test',
        learnedThrough: at ?? Date.parse('2026-11-26T12:00:00Z'),
        exportRows: (source, { partner, file }) => {
          const rows = partner === 'acme' ? (tables[source] ?? []) : [];
          const lines = rows.map((row) => row.map((value) => (value === null ? '' : `"${value}"`)).join(','));
          writeFileSync(file, `${[columns[source].join(','), ...lines].join('\n')}\n`);
          return Promise.resolve({ rows: rows.length, columns: columns[source] });
        },
      }),
  };
}
