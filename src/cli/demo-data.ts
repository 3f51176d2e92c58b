// proffer demo-data: the Parquet files that the shipped ranking.yaml reads, invented.
import { Command, InvalidArgumentError } from 'commander';
import type { DemoTable } from '../ranking/index.js';
import { demoCustomers } from '../strategy-store/index.js';

const help = `
Writes DIR/acme and DIR/borealis, the data of the two partners of the shipped settings: customers with their
numbers, accounts, past exposures, purchases and service alerts, as of the day --until. The same options give
the same rows. The callers of the README's table are among the customers.

--dirty adds rows of every fault that a ranking rejects (unreadable numbers, customers that are there twice,
impossible ages, missing values) or leaves out (unknown customers). With the shipped maxRejected of 0 the
ranking then stops and says so.

Exit codes:
  0  all files were written
  1  nothing was replaced

Examples:
  $ proffer demo-data && proffer train && proffer rank
  $ proffer demo-data --customers 1000000 --out /tmp/million`;

interface DemoDataCommandOptions {
  readonly customers: number;
  readonly seed: number;
  readonly out: string;
  readonly until?: string;
  readonly dirty?: boolean;
  readonly json?: boolean;
}

/** The command `demo-data`. @throws RankingEngineError when a file cannot be written */
export function demoDataCommand(): Command {
  return new Command('demo-data')
    .description('write invented customer data for trying out train and rank')
    .option('--customers <count>', 'how many, over both partners', positive, 20_000)
    .option('--seed <number>', 'the same customers for the same number', positive, 1)
    .option('--out <dir>', 'where the files go', 'data/demo')
    .option('--until <date>', 'the day before which everything happened (default: today)', day)
    .option('--dirty', 'add rows with faults')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', help)
    .action(demoData);
}

async function demoData(options: DemoDataCommandOptions): Promise<void> {
  // Loaded here, not by every command: DuckDB takes its time to start.
  const { writeDemoData } = await import('../ranking/index.js');
  const until = options.until ?? new Date().toISOString().slice(0, 10);
  const start = performance.now();
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const tables = await writeDemoData({
    directory: options.out,
    customers: options.customers,
    seed: options.seed,
    until,
    isDirty: options.dirty === true,
    fixed: demoCustomers(),
    signal: controller.signal,
    onTable: (table) => {
      if (options.json !== true) process.stdout.write(`${tableLine(table)}\n`);
    },
  });
  const seconds = (performance.now() - start) / 1000;
  if (options.json === true) {
    const { customers, seed, out: directory } = options;
    process.stdout.write(
      `${JSON.stringify({ directory, customers, seed, until, isDirty: options.dirty === true, tables }, null, 2)}\n`,
    );
    return;
  }
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  process.stdout.write(
    `${grouped(rows)} rows until ${until} written in ${seconds.toFixed(1)} s. Next: proffer train, then proffer rank\n`,
  );
}

function tableLine({ partner, source, rows, file }: DemoTable): string {
  return `${partner.padEnd(8)}  ${source.padEnd(13)}  ${grouped(rows).padStart(11)} rows  ${file}`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new InvalidArgumentError('It must be a whole number from 1 to 9,999,999.');
  return Number(text);
}

function day(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(date.getTime());
  if (!isDay || date.toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError('It must be a day such as 2026-11-26.');
  return text;
}
