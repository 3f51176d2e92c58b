// proffer report: questions asked of the records database, one of them of a decision log too.
import { Command, Option } from 'commander';
import { decisionLines } from './decision-lines.js';
import { readSettings } from './read-settings.js';
import { askRecords } from './records-question.js';
import { costsOf, reports } from './report-outputs.js';
import type { Report } from './report-outputs.js';
import { PartnerReport } from './report-partners.js';
import { partnersCsv, partnersJson, partnersTable } from './report-partners-text.js';
import {
  checkName,
  checkPartner,
  endOf,
  noCallsWords,
  periodOf,
  periodWords,
  withPeriod,
} from './report-period.js';
import type { PeriodOptions } from './report-period.js';

interface ReportOptions extends PeriodOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly log?: boolean;
}

const help = `
Reads the records database (DATABASE_URL, or the one in PROFFER_DATA_DIR). A call belongs to the time it began.

Exit codes:
  0  reported, also when there are no calls in the period
  1  the database does not serve, or the settings or the command line have problems

Example:
  $ proffer report`;

const logHelp = `
With --log it reads the decision log in the data directory (PROFFER_DATA_DIR) of a router on this machine instead, which
has no dispositions. Agents' time comes from the live feeds of the centres, IVR ports' time from the router.`;

/** The command `report`. */
export function reportCommand(): Command {
  const command = new Command('report').description('reports over the calls that were');
  const add = (name: keyof typeof reports, about: string): Command => {
    const one = withPeriod(new Command(name).description(about))
      .option('--json', 'print the result as JSON')
      .addOption(new Option('--csv', 'print the rows as CSV').conflicts('json'))
      .addHelpText('after', `${help} ${name} --from 2026-11-01 --to 2026-11-30`);
    command.addCommand(one);
    return one;
  };
  add('offers', 'what became of each offer: presented, accepted, value').action((options: ReportOptions) =>
    show(reports.offers, options),
  );
  add('agents', 'what each agent presented and recorded').action((options: ReportOptions) =>
    show(reports.agents, options),
  );
  add('partners', 'shares of calls, agents’ time, IVR ports’ time and cost, by partner')
    .option('--log', 'read the decision log on this machine, no database')
    .addHelpText('after', logHelp)
    .action((options: ReportOptions) =>
      options.log === true ? showLog(options) : show(reports.partners, options),
    );
  add('arms', 'the control arm beside the offer arm: what offering brings and costs').action(
    (options: ReportOptions) => show(reports.arms, options),
  );
  return command;
}

async function show(report: Report, options: ReportOptions): Promise<void> {
  const period = periodOf(options);
  await askRecords(options.config, async ({ settings, database }) => {
    await checkPartner(database, settings, options.partner);
    const { coverage, json, csv, text } = await report(database, period, settings);
    if (options.json === true) {
      const asked = { from: period.from ?? null, to: period.to ?? null, partner: period.partner ?? null };
      process.stdout.write(`${JSON.stringify({ period: asked, ...json }, null, 2)}\n`);
    } else if (options.csv === true) process.stdout.write(csv);
    else if (coverage.contacts === 0) process.stdout.write(`${await noCallsWords(database, options)}\n`);
    else process.stdout.write(text(periodWords(options)));
  });
}

/** From the decision log of a router on this machine. */
async function showLog(options: ReportOptions): Promise<void> {
  const { settings, environment } = readSettings(options.config);
  periodOf(options);
  const known = settings.partners.partners.map((one) => one.partner);
  checkName('--partner', options.partner, known);
  const isWanted = (partner: unknown): boolean =>
    options.partner === undefined || partner === options.partner;
  const report = new PartnerReport(known.filter(isWanted), costsOf(settings));
  const to = options.to === undefined ? Infinity : endOf(options.to);
  for await (const line of decisionLines(environment.dataDir, options.from?.at ?? 0, to)) {
    if (isWanted(line['partner'])) report.add(line);
  }
  const lines = [...report.byPartner].map(([partner, usage]) => ({ partner, usage, sales: undefined }));
  if (options.json === true)
    process.stdout.write(`${JSON.stringify({ partners: partnersJson(lines) }, null, 2)}\n`);
  else if (options.csv === true) process.stdout.write(partnersCsv(lines));
  else process.stdout.write(`${partnersTable(lines).join('\n')}\n`);
}
