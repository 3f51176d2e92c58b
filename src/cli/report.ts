// proffer report: questions asked of the decision log.
import { Command, InvalidArgumentError } from 'commander';
import { compileDestinations } from '../callcenter/index.js';
import { textTable } from '../kernel/index.js';
import { decisionLines } from './decision-lines.js';
import { readSettings } from './read-settings.js';
import { PartnerReport, shareOf } from './report-partners.js';
import type { PartnerUsage } from './report-partners.js';

interface ReportOptions {
  readonly config?: string;
  readonly from?: number;
  readonly to?: number;
  readonly json?: boolean;
}

const dayMs = 86_400_000;

const help = `
Reads the decision log in the data directory (PROFFER_DATA_DIR) of a router on this machine.
Agents' time comes from the live feeds of the centres, IVR ports' time from the router.

Exit codes:
  0  reported
  1  no decision log, or the settings or the command line have problems`;

/** The command `report`. */
export function reportCommand(): Command {
  const partners = new Command('partners')
    .description('shares of calls, agents’ time, IVR ports’ time and cost, by partner')
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--from <day>', 'first day (UTC), such as 2026-11-01 (default: everything)', dayStart)
    .option('--to <day>', 'last day (UTC), all of it (default: until now)', dayStart)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', help)
    .action(async (options: ReportOptions) => {
      const { settings, environment } = readSettings(options.config);
      const costs = new Map(compileDestinations(settings).map((one) => [one.id, one.costPerCall]));
      const report = new PartnerReport(
        settings.partners.partners.map((one) => one.partner),
        (destination) => costs.get(destination) ?? 0,
      );
      const to = options.to === undefined ? Infinity : options.to + dayMs;
      for await (const line of decisionLines(environment.dataDir, options.from ?? 0, to)) report.add(line);
      process.stdout.write(`${options.json === true ? jsonOf(report) : tableOf(report)}\n`);
    });
  return new Command('report').description('reports over the decision log').addCommand(partners);
}

function dayStart(text: string): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('it must be a day such as 2026-11-01');
  return at;
}

const columns = [
  { head: 'PARTNER' },
  { head: 'CALLS', isNumber: true },
  { head: 'SHARE', isNumber: true },
  { head: 'ANSWERED', isNumber: true },
  { head: 'AGENT TIME', isNumber: true },
  { head: 'SHARE', isNumber: true },
  { head: 'IVR TIME', isNumber: true },
  { head: 'SHARE', isNumber: true },
  { head: 'COST', isNumber: true },
  { head: 'SHARE', isNumber: true },
];

function tableOf({ byPartner }: PartnerReport): string {
  const percent = (usage: PartnerUsage, measure: keyof PartnerUsage): string =>
    `${(shareOf(byPartner, usage, measure) * 100).toFixed(1)} %`;
  const rows = [...byPartner].map(([partner, usage]) => [
    partner,
    String(usage.calls),
    percent(usage, 'calls'),
    String(usage.answered),
    timeText(usage.agentSeconds),
    percent(usage, 'agentSeconds'),
    timeText(usage.ivrSeconds),
    percent(usage, 'ivrSeconds'),
    usage.cost.toFixed(2),
    percent(usage, 'cost'),
  ]);
  return textTable(columns, rows).join('\n');
}

/** `12:05:09`, hours not cut at 24. */
function timeText(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

function jsonOf({ byPartner }: PartnerReport): string {
  const partners = [...byPartner].map(([partner, usage]) => ({
    partner,
    ...usage,
    shares: {
      calls: shareOf(byPartner, usage, 'calls'),
      agentSeconds: shareOf(byPartner, usage, 'agentSeconds'),
      ivrSeconds: shareOf(byPartner, usage, 'ivrSeconds'),
      cost: shareOf(byPartner, usage, 'cost'),
    },
  }));
  return JSON.stringify({ partners }, null, 2);
}
