// What a run changed against the generation that served before.
import { stackedChart } from './bar-charts.js';
import { html } from './html.js';
import type { HtmlValue } from './html.js';
import { count, percentOf } from './number-text.js';
import { dataTable, folded, legend, note, wideChart } from './page.js';
import { moveWords } from './run-outcome.js';
import type { Comparison } from './run-report.js';

export function comparisonBody(comparison: Comparison): HtmlValue {
  const parts = [
    { words: 'first offer the same', value: comparison.firstSame, color: 'var(--rest)' },
    { words: 'first offer changed', value: comparison.firstChanged, color: 'var(--accent)' },
    { words: 'new customers', value: comparison.customersNew, color: 'var(--first)' },
    { words: 'customers gone', value: comparison.customersGone, color: 'var(--gate-cool-off)' },
  ];
  const all = parts.reduce((sum, { value }) => sum + value, 0);
  const bar = wideChart(
    {
      title: 'Customers then and now',
      description: 'One stacked bar: first offer the same, changed, customers new and gone.',
    },
    (width) =>
      stackedChart(
        [{ label: 'customers', text: '' }],
        parts.map(({ color, value }) => ({ color, values: [value] })),
        all,
        width,
      ),
  );
  const counts = dataTable(
    `Customers against run ${comparison.previousRun}`,
    [{ head: 'What' }, { head: 'Customers', isNumber: true }, { head: 'Share', isNumber: true }],
    parts.map(({ words, value }) => ({ cells: [words, count(value), percentOf(value, all)] })),
  );
  const moves = dataTable(
    'The commonest changes of the first offer',
    [
      { head: 'From', isCode: true },
      { head: 'To', isCode: true },
      { head: 'Customers', isNumber: true },
      { head: 'Of the changed', isNumber: true },
      { head: 'Why' },
    ],
    comparison.moves.map(({ from, to, customers, why }) => ({
      cells: [
        from ?? 'no offer',
        to ?? 'no offer',
        count(customers),
        percentOf(customers, comparison.firstChanged),
        moveWords(why),
      ],
    })),
  );
  return [
    note(html`The generation before came from run <code>${comparison.previousRun}</code>.`),
    legend(parts.map(({ words, value, color }) => ({ color, words: `${words}: ${count(value)}` }))),
    bar,
    folded('The same numbers as a table', counts),
    html`<h3>What moved, and why</h3>`,
    comparison.moves.length === 0 ? note('No first offer changed.') : moves,
  ];
}
