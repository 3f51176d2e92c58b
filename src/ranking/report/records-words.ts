// What a run took from the records database, in words: the page, the screen and the notes of a model say the same.
import { count, counted, time } from './number-text.js';
import type { BestOffersReport, RecordsReport, SourceReport } from './run-report.js';

/** One line without a full stop; undefined where settings leave records out. */
export function recordsWords(records: RecordsReport, sources: readonly SourceReport[]): string | undefined {
  switch (records.state) {
    case 'off':
      return undefined;
    case 'none':
      return 'records: none yet';
    case 'left-out':
      return 'records: left out (--without-records); what was learned on calls does not count';
    case 'read': {
      const recorded = sources.filter((one) => one.isRecorded === true);
      const rows = recorded.map(({ source, rows }) => counted(rows, kindWords(source)));
      const duplicates = sources.reduce((sum, one) => sum + one.duplicates, 0);
      const once = duplicates === 0 ? '' : `; ${count(duplicates)} were there twice and count once`;
      return `records: ${rows.join(', ')} learned through ${time(records.learnedThrough)}${once}`;
    }
  }
}

/** One line without a full stop. */
export function bestOffersWords(report: BestOffersReport): string {
  switch (report.state) {
    case 'none':
      return 'best offers: not written, there are no records yet';
    case 'failed':
      return `best offers: not written to the records: ${report.problem}`;
    case 'written':
      return `best offers: written to the records, new for ${count(report.changed)} of ${counted(report.customers, 'customer')} there`;
  }
}

/** One of them. @param label such as `serviceAlerts of acme` */
function kindWords(label: string): string {
  const [source = ''] = label.split(' ');
  return source.replace(/s$/, '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
