// What `proffer report offers` shows.
import type { OfferRow, OffersReport, OfferSums } from '../records/index.js';
import {
  bar,
  count,
  counted,
  coverageLines,
  csvText,
  minutes,
  money,
  noteLines,
  per,
  percentInterval,
  reportTable,
} from './report-text.js';
import type { ReportColumn } from './report-text.js';

type Row = OfferSums & Pick<OfferRow, 'acceptance'> & { readonly offer: string; readonly kind: string };

const name: readonly ReportColumn<Row>[] = [
  { head: 'OFFER', of: (row) => row.offer },
  { head: 'BY', of: (row) => row.kind },
];

const routed: readonly ReportColumn<Row>[] = [
  ...name,
  { head: 'ROUTED', isNumber: true, of: (row) => count(row.routed) },
  { head: 'PRESENTED', isNumber: true, of: (row) => count(row.presented) },
  { head: 'OF ROUTED', of: (row) => share(row.presented, row.routed) },
  { head: 'ABANDONED', isNumber: true, of: (row) => count(row.abandoned) },
  { head: 'NOT PRESENTED', isNumber: true, of: (row) => count(row.notPresented) },
  { head: 'OTHERWISE', isNumber: true, of: (row) => count(row.releasedOtherwise) },
  { head: 'NO END', isNumber: true, of: (row) => count(row.open) },
];

function share(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((part / whole) * 100).toFixed(0).padStart(3)} % ${bar(part / whole, 8)}`;
}

const answered = (best: number): readonly ReportColumn<Row>[] => [
  ...name,
  { head: 'PRESENTED', isNumber: true, of: (row) => count(row.presented) },
  { head: 'ACCEPTED', isNumber: true, of: (row) => count(row.accepted) },
  { head: 'DECLINED', isNumber: true, of: (row) => count(row.declined) },
  { head: 'CALLBACK', isNumber: true, of: (row) => count(row.callback) },
  { head: 'OTHER', isNumber: true, of: (row) => count(row.other) },
  { head: 'NONE', isNumber: true, of: (row) => count(row.noDisposition) },
  { head: 'ACCEPTANCE (95 %)', isNumber: true, of: (row) => percentInterval(row.acceptance) },
  { head: '', of: (row) => bar(best === 0 ? 0 : (row.acceptance?.estimate ?? 0) / best, 8) },
  { head: 'VALUE', isNumber: true, of: (row) => money(row.value) },
  { head: 'EACH', isNumber: true, of: (row) => per(row.value, row.presented, money) },
  { head: 'AHT', isNumber: true, of: (row) => per(row.agentSeconds, row.handled, minutes) },
];

export function offersText({ offers, total, coverage }: OffersReport, title: string): string {
  const rows: readonly Row[] = offers.length < 2 ? offers : [...offers, { ...total, offer: 'all', kind: '' }];
  const best = Math.max(0, ...offers.map((row) => row.acceptance?.estimate ?? 0));
  const notes = [
    ...(total.open === 0 ? [] : [`Missing: ${counted(total.open, 'exposure')} without an end yet.`]),
    ...(total.noDisposition === 0
      ? []
      : [`Missing: ${counted(total.noDisposition, 'presentation')} without a disposition.`]),
    ...coverageLines(coverage),
    'ROUTED: calls sent for the offer. PRESENTED: an agent had the call, or the IVR spoke. ABANDONED: the caller left before. NOT PRESENTED: the call went on without the offer.',
    'ACCEPTANCE: accepted of presented, 95 % interval by Wilson. EACH: value of what was accepted by presentation. AHT: agents’ time by call that an agent had.',
  ];
  return [
    `Offers: ${title}`,
    '',
    ...reportTable(routed, rows),
    '',
    ...reportTable(answered(best), rows),
    '',
    ...noteLines(notes),
    '',
  ].join('\n');
}

const csvColumns = [
  'offer',
  'name',
  'kind',
  'routed',
  'presented',
  'abandoned',
  'notPresented',
  'releasedOtherwise',
  'open',
  'accepted',
  'declined',
  'callback',
  'other',
  'noDisposition',
  'acceptance',
  'acceptanceLow',
  'acceptanceHigh',
  'value',
  'valuePerPresentation',
  'agentSeconds',
  'handled',
] as const;

export function offersCsv({ offers }: OffersReport): string {
  return csvText(
    csvColumns,
    offers.map(({ acceptance, ...row }) => ({
      ...row,
      acceptance: acceptance?.estimate,
      acceptanceLow: acceptance?.low,
      acceptanceHigh: acceptance?.high,
      valuePerPresentation: row.presented === 0 ? undefined : row.value / row.presented,
    })),
  );
}
