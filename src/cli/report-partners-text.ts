// What `proffer report partners` shows: shares of what partners have in common, and what offers brought them.
import type { PartnerRow } from '../records/index.js';
import { shareOf } from './report-partners.js';
import type { PartnerUsage } from './report-partners.js';
import { clockTime, count, csvText, money, per, percent, reportTable } from './report-text.js';
import type { ReportColumn } from './report-text.js';

/** Offers of one partner; undefined when a decision log was read, which has no dispositions. */
export type PartnerSales = Pick<PartnerRow, 'presented' | 'accepted' | 'value'> | undefined;

export interface PartnerLine {
  readonly partner: string;
  readonly usage: PartnerUsage;
  readonly sales: PartnerSales;
}

const measures = ['calls', 'agentSeconds', 'ivrSeconds', 'cost'] as const;

function columnsOf(lines: readonly PartnerLine[]): readonly ReportColumn<PartnerLine>[] {
  const usages = usagesOf(lines);
  const share = (measure: keyof PartnerUsage): ReportColumn<PartnerLine> => ({
    head: 'SHARE',
    isNumber: true,
    of: ({ usage }) => percent(shareOf(usages, usage, measure)),
  });
  return [
    { head: 'PARTNER', of: ({ partner }) => partner },
    { head: 'CALLS', isNumber: true, of: ({ usage }) => count(usage.calls) },
    share('calls'),
    { head: 'ANSWERED', isNumber: true, of: ({ usage }) => count(usage.answered) },
    { head: 'AGENT TIME', isNumber: true, of: ({ usage }) => clockTime(usage.agentSeconds) },
    share('agentSeconds'),
    { head: 'IVR TIME', isNumber: true, of: ({ usage }) => clockTime(usage.ivrSeconds) },
    share('ivrSeconds'),
    { head: 'COST', isNumber: true, of: ({ usage }) => money(usage.cost) },
    share('cost'),
  ];
}

const salesColumns: readonly ReportColumn<PartnerLine>[] = [
  { head: 'PARTNER', of: ({ partner }) => partner },
  { head: 'PRESENTED', isNumber: true, of: ({ sales }) => count(sales?.presented ?? 0) },
  { head: 'ACCEPTED', isNumber: true, of: ({ sales }) => count(sales?.accepted ?? 0) },
  {
    head: 'ACCEPTANCE',
    isNumber: true,
    of: ({ sales }) => per(sales?.accepted ?? 0, sales?.presented ?? 0, percent),
  },
  { head: 'VALUE', isNumber: true, of: ({ sales }) => money(sales?.value ?? 0) },
  {
    head: 'VALUE A CALL',
    isNumber: true,
    of: ({ usage, sales }) => per(sales?.value ?? 0, usage.calls, money),
  },
];

function usagesOf(lines: readonly PartnerLine[]): ReadonlyMap<string, PartnerUsage> {
  return new Map(lines.map(({ partner, usage }) => [partner, usage]));
}

export function partnersTable(lines: readonly PartnerLine[]): readonly string[] {
  const hasSales = lines.some(({ sales }) => sales !== undefined);
  return [
    ...reportTable(columnsOf(lines), lines),
    ...(hasSales ? ['', ...reportTable(salesColumns, lines)] : []),
  ];
}

function sharesOf(lines: readonly PartnerLine[], usage: PartnerUsage): Readonly<Record<string, number>> {
  const usages = usagesOf(lines);
  return Object.fromEntries(measures.map((measure) => [measure, shareOf(usages, usage, measure)]));
}

export function partnersJson(lines: readonly PartnerLine[]): readonly object[] {
  return lines.map(({ partner, usage, sales }) => ({
    partner,
    ...usage,
    ...sales,
    shares: sharesOf(lines, usage),
  }));
}

const csvColumns = [
  'partner',
  'calls',
  'answered',
  'agentSeconds',
  'ivrSeconds',
  'cost',
  'presented',
  'accepted',
  'value',
] as const;

export function partnersCsv(lines: readonly PartnerLine[]): string {
  return csvText(
    csvColumns,
    lines.map(({ partner, usage, sales }) => ({ partner, ...usage, ...sales })),
  );
}
