// proffer rank: ranks every customer of a partner and publishes the strategies; or shows what it thinks of one.
import { Command, InvalidArgumentError } from 'commander';
import type { RankOptions } from './rank-options.js';

const help = `
Reads the sources of config/ranking.yaml, works out which offers each customer may be made and in what order, and
publishes that as one generation in place of the one that serves: all of it or nothing, while calls run.

What was learned on calls counts too: exposures, dispositions, accepted offers and service alerts of the records
database are rows beside those of the sources (records in ranking.yaml). When there is a database and it is down,
nothing is published; --without-records ranks without it.

Each run is kept in DATA/rankings/PARTNER/RUN: report.html and report.json, the full ranking table as Parquet, and
the rows that were rejected. --customer shows each offer with each gate and number, for one customer, and publishes
nothing; with --generation it shows what was thought when that generation was published.

Exit codes:
  0  published (or shown, or with --dry-run worked out)
  1  nothing was published for at least one partner; what was current before still serves. Or it was published and
     its report, or best offers, could not be written, which is said

Examples:
  $ proffer rank
  $ proffer rank acme --dry-run --sample 0.1
  $ proffer rank acme --customer A00101000
  $ proffer rank acme --customer A00101000 --generation 12
  $ proffer rank acme --plan`;

/** The command `rank`. Sets `process.exitCode` and throws AppError. */
export function rankCommand(): Command {
  return new Command('rank')
    .description('rank the offers of every customer and publish the strategies')
    .argument('[partners...]', 'partners to rank; all of ranking.yaml when none is named')
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--dry-run', 'work everything out and publish nothing')
    .option('--sample <share>', 'only about this share of the customers, 0 to 1; publishes nothing', share)
    .option('--customer <reference>', 'show one customer: each offer, each gate, each number')
    .option('--generation <number>', 'with --customer: as it was when this generation was published', whole)
    .option('--plan', 'print the SQL of the run and end')
    .option('--at <time>', 'rank as of this time, such as 2026-11-26 or 2026-11-26T08:00Z', time)
    .option('--without-records', 'leave out what was learned on calls; declined offers are made again')
    .option(
      '--best-offers',
      'write the best offer of each customer to the records database (records.bestOffer)',
    )
    .option('--threads <count>', 'threads of DuckDB, in place of run.threads', whole)
    .option('--json', 'print the reports as JSON')
    .addHelpText('after', help)
    .action(async (partners: readonly string[], options: RankOptions) => {
      // Loaded when it is wanted: DuckDB takes a tenth of a second that other commands need not wait.
      if (options.plan === true) {
        const { printPlan } = await import('./rank-plan.js');
        await printPlan(partners, options);
      } else if (options.customer === undefined) {
        const { rankAll } = await import('./rank-all.js');
        await rankAll(partners, options);
      } else {
        const { rankCustomer } = await import('./rank-customer.js');
        await rankCustomer(partners, { ...options, customer: options.customer });
      }
    });
}

function share(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 1)) throw new InvalidArgumentError('It must be above 0 and at most 1.');
  return number;
}

function whole(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

function time(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('It must be a time such as 2026-11-26T08:00Z.');
  return at;
}
