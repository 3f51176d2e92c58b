// The reports over the records, each as it is printed and as JSON: for `proffer report` and for the API under /v1/reports.
import { compileDestinations } from '../callcenter/index.js';
import type { Settings } from '../config/index.js';
import { agentsReport, armsReport, offersReport, partnersReport, quietPartner } from '../records/index.js';
import type { Coverage, ReportPeriod, Sql } from '../records/index.js';
import { agentsCsv, agentsText } from './report-agents.js';
import { armsCsv, armsJson, armsText } from './report-arms.js';
import { offersCsv, offersText } from './report-offers.js';
import { partnersCsv, partnersJson, partnersTable } from './report-partners-text.js';
import type { PartnerLine } from './report-partners-text.js';
import { coverageLines, noteLines } from './report-text.js';

/** A report as it is printed. */
export interface Output {
  readonly coverage: Coverage;
  readonly json: object;
  readonly csv: string;
  readonly text: (title: string) => string;
}

export type Report = (database: Sql, period: ReportPeriod, settings: Settings) => Promise<Output>;

export type ReportName = 'offers' | 'agents' | 'partners' | 'arms';

/** By name. @throws RecordsUnavailableError */
export const reports: Readonly<Record<ReportName, Report>> = {
  offers: async (database, period) => {
    const report = await offersReport(database, period);
    const { coverage } = report;
    return { coverage, json: report, csv: offersCsv(report), text: (title) => offersText(report, title) };
  },
  agents: async (database, period) => {
    const report = await agentsReport(database, period);
    const { coverage } = report;
    return { coverage, json: report, csv: agentsCsv(report), text: (title) => agentsText(report, title) };
  },
  arms: async (database, period) => {
    const report = await armsReport(database, period);
    const { coverage } = report;
    return {
      coverage,
      json: armsJson(report),
      csv: armsCsv(report),
      text: (title) => armsText(report, title),
    };
  },
  partners: async (database, period, settings) => {
    const { coverage, partners } = await partnersReport(database, period);
    const costOf = costsOf(settings);
    const known = settings.partners.partners
      .map((one) => one.partner)
      .filter((one) => period.partner === undefined || one === period.partner);
    const rows = new Map(known.map((one) => [one, quietPartner(one)]));
    for (const row of partners) rows.set(row.partner, row);
    const lines = [...rows.values()].map((row): PartnerLine => {
      const { partner, calls, answered, agentSeconds, ivrSeconds, presented, accepted, value } = row;
      let cost = 0;
      for (const [destination, number] of Object.entries(row.destinations))
        cost += number * costOf(destination);
      return {
        partner,
        usage: { calls, answered, agentSeconds, ivrSeconds, cost },
        sales: { presented, accepted, value },
      };
    });
    return {
      coverage,
      json: { coverage, partners: partnersJson(lines) },
      csv: partnersCsv(lines),
      text: (title) => partnersText(lines, coverage, title),
    };
  },
};

/** costPerCall of destinations by id; 0 of those that the settings do not have any more. */
export function costsOf(settings: Settings): (destination: string) => number {
  const costs = new Map(compileDestinations(settings).map((one) => [one.id, one.costPerCall]));
  return (destination) => costs.get(destination) ?? 0;
}

function partnersText(lines: readonly PartnerLine[], coverage: Coverage, title: string): string {
  const notes = [
    ...coverageLines(coverage),
    'CALLS: with an outcome. AGENT TIME: as the feeds of the centres tell it. COST: costPerCall of the destination that answered. VALUE: of what was accepted.',
  ];
  return [`Partners: ${title}`, '', ...partnersTable(lines), '', ...noteLines(notes), ''].join('\n');
}
