// proffer records status: where the records are and what is in them.
import { Command } from 'commander';
import { textTable } from '../kernel/index.js';
import { recordsStatus } from '../records/index.js';
import type { OpenRecords, RecordsStatus } from '../records/index.js';
import { withRecords } from './records-session.js';

interface StatusOptions {
  readonly config?: string;
  readonly json?: boolean;
}

const help = `
The records are in PostgreSQL at DATABASE_URL, or embedded in the data directory; there the command shares the server of a router
that runs, or starts one for itself. Rows are estimates of the server.

Exit codes:
  0  shown
  1  the database cannot be used, or the settings have problems`;

/** The command `records`. */
export function recordsCommand(): Command {
  return new Command('records').description('the records database').addCommand(
    new Command('status')
      .description('where the records are, their version and the size of their tables')
      .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
      .option('--json', 'print the result as JSON')
      .addHelpText('after', help)
      .action((options: StatusOptions) =>
        withRecords(options.config, async (records) => {
          const status = await recordsStatus(records.database);
          const { kind, place } = records;
          const text =
            options.json === true
              ? JSON.stringify({ kind, place, ...status }, null, 2)
              : asText(records, status);
          process.stdout.write(`${text}\n`);
        }),
      ),
  );
}

function asText({ kind, place }: OpenRecords, { version, bytes, migrations, tables }: RecordsStatus): string {
  const last = migrations.at(-1);
  const isEmbedded = kind === 'embedded';
  return [
    `Records in ${isEmbedded ? place : `PostgreSQL at ${place}`}`,
    `  version     PostgreSQL ${version}${isEmbedded ? ' (PGlite)' : ''}`,
    `  migrations  ${migrations.length}, the last ${last?.file ?? 'none'} of ${last?.ranAt.toISOString() ?? '-'}`,
    `  size        ${sizeText(bytes)}`,
    '',
    ...textTable(
      [{ head: 'TABLE' }, { head: 'ROWS', isNumber: true }, { head: 'SIZE', isNumber: true }],
      tables.map((one) => [one.table, one.rows.toLocaleString('en'), sizeText(one.bytes)]),
    ),
  ].join('\n');
}

function sizeText(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1000)} kB`;
  return bytes < 1_000_000_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}
