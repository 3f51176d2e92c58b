// Calls as a table, newest first.
import type { CallLine } from '../records/index.js';
import { minutes, plain, reportTable } from './report-text.js';
import type { ReportColumn } from './report-text.js';

const shown = (text: string | null): string => (text === null ? '-' : plain(text));

const columns: readonly ReportColumn<CallLine>[] = [
  { head: 'TIME (UTC)', of: (row) => row.startedAt.toISOString().slice(0, 19).replace('T', ' ') },
  { head: 'DECISION ID', of: (row) => plain(row.decisionId) },
  { head: 'PARTNER', of: (row) => shown(row.partner) },
  { head: 'CALLER', of: (row) => shown(row.caller) },
  { head: 'CUSTOMER', of: (row) => shown(row.customer) },
  { head: 'ARM', of: (row) => shown(row.arm) },
  { head: 'OFFER', of: (row) => shown(row.offer ?? (row.reason === null ? null : `none (${row.reason})`)) },
  { head: 'RESULT', of: (row) => shown(row.outcomeReason) },
  { head: 'AT', of: (row) => shown(row.destination) },
  { head: 'DISPOSITION', of: dispositionWords },
  { head: 'TALK', isNumber: true, of: (row) => (row.seconds === null ? '-' : minutes(row.seconds)) },
];

/** The code alone where it is of the offer that the line names. */
function dispositionWords({ dispositions, offer }: CallLine): string {
  const words = dispositions.map((one) => (one.offer === offer ? one.code : `${one.offer} ${one.code}`));
  return words.length === 0 ? '-' : plain(words.join(', '));
}

export function callTable(calls: readonly CallLine[]): readonly string[] {
  return reportTable(columns, calls);
}
