// The pages of reports, loaded when they are wanted: the charts' library takes a third of a second to start.
import type { ModelReport } from './model-report.js';
import type { RunReport } from './run-report.js';

export interface ReportPages {
  /** One self-contained HTML document. */
  readonly runReportHtml: (report: RunReport) => string;
  /** One self-contained HTML document. */
  readonly modelReportHtml: (report: ModelReport) => string;
}

export async function loadReportPages(): Promise<ReportPages> {
  const { runReportHtml } = await import('./run-report-html.js');
  const { modelReportHtml } = await import('./model-report-html.js');
  return { runReportHtml, modelReportHtml };
}
