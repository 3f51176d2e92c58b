// The sources of a run: rows read and rejected, and why.
import { html, nothing } from './html.js';
import type { Html, HtmlValue } from './html.js';
import { count, counted } from './number-text.js';
import { dataTable, note } from './page.js';
import { recordsWords } from './records-words.js';
import type { RecordsReport, SourceReport } from './run-report.js';

export function sourcesBody(sources: readonly SourceReport[], records: RecordsReport): HtmlValue {
  const recorded = recordsWords(records, sources);
  const table = dataTable(
    'Rows that were read',
    [
      { head: 'Source' },
      { head: 'Rows', isNumber: true },
      { head: 'Accepted', isNumber: true },
      { head: 'Rejected', isNumber: true },
      { head: 'Allowed', isNumber: true },
      { head: 'Unknown customer', isNumber: true },
      { head: 'Counted already', isNumber: true },
      { head: 'From' },
    ],
    sources.map((source) => ({
      cells: [
        source.source,
        count(source.rows),
        count(source.accepted),
        source.rejected === 0 ? '0' : html`<span class="badge">${count(source.rejected)}</span>`,
        count(source.maxRejected),
        count(source.ignored),
        count(source.duplicates),
        source.isRecorded === true ? source.from : html`<code>${source.from}</code>`,
      ],
    })),
  );
  return [
    table,
    recorded === undefined ? nothing : note(capitalised(recorded)),
    sources.filter(({ problems }) => problems.length > 0).map(problemsOf),
  ];
}

function capitalised(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function problemsOf(source: SourceReport): Html {
  const table = dataTable(
    `Why rows of ${source.source} were rejected`,
    [{ head: 'Problem' }, { head: 'Rows', isNumber: true }, { head: 'Such as' }],
    source.problems.map(({ problem, rows, samples, isLine }) => ({
      cells: [
        problem,
        count(rows),
        samples.map(
          ({ row, text }) =>
            html`<div>${isLine === true ? 'line' : 'row'} ${count(row)}: <code>${text}</code></div>`,
        ),
      ],
    })),
  );
  return html`<details class="item" open="open">
    <summary>
      <span class="name">${source.source}</span>
      <span class="aside">${counted(source.rejected, 'row')} rejected</span>
    </summary>
    ${table}${source.rejectedFile === null ? nothing : note(html`All of them: <code>${source.rejectedFile}</code>`)}
  </details>`;
}
