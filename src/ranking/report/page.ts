// The parts that both reports are made of: page, section, tile, table, chart with its numbers.
import { drawChart } from './chart-drawing.js';
import type { ChartWords, Drawing } from './chart-drawing.js';
import { html, nothing, trusted } from './html.js';
import type { Html, HtmlValue } from './html.js';
import { pageStyle } from './page-style.js';

/** Widths that charts are drawn at: across the page, in half of it, beside a table, and on a phone. */
const WIDE = 1040;
const HALF = 480;
const SMALL = 360;
const NARROW = 330;

export interface Section {
  /** Anchor: small letters and dashes. */
  readonly id: string;
  readonly title: string;
  readonly body: HtmlValue;
}

export interface PageContent {
  /** What it is, in a word or two above the title. */
  readonly kind: string;
  readonly title: string;
  readonly outcome: string;
  readonly isWarning: boolean;
  readonly facts: string;
  readonly tiles: readonly Tile[];
  readonly sections: readonly Section[];
}

export interface Tile {
  readonly name: string;
  readonly figure: string;
  readonly more?: string;
}

export interface TableColumn {
  readonly head: string;
  readonly isNumber?: boolean;
  /** Not to be broken, as codes are. */
  readonly isCode?: boolean;
}

export interface TableRow {
  readonly cells: readonly HtmlValue[];
  readonly look?: 'muted' | 'total' | undefined;
}

/** The whole document. */
export function page({ kind, title, outcome, isWarning, facts, tiles, sections }: PageContent): string {
  const document = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="generator" content="Proffer" />
      <title>${title}</title>
      <style>
        ${trusted(pageStyle)}
      </style>
    </head>
    <body>
      <header>
        <p class="kind">${kind}</p>
        <h1>${title}</h1>
        <p class="outcome${isWarning ? ' warn' : ''}">${outcome}</p>
        <p class="note">${facts}</p>
        <nav aria-label="Sections">
          <ul>
            ${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}
          </ul>
        </nav>
      </header>
      <main>
        <dl class="tiles" aria-label="Key figures">${tiles.map(tileHtml)}</dl>
        ${sections.map(sectionHtml)}
      </main>
      <footer><p>Made by Proffer.</p></footer>
    </body>
  </html>`;
  return `<!doctype html>\n${document.markup}\n`;
}

/** A table with its caption; it scrolls by itself where the window is narrow. The first cell of a row is its heading. */
export function dataTable(caption: string, columns: readonly TableColumn[], rows: readonly TableRow[]): Html {
  const classOf = (column: TableColumn | undefined): string =>
    column?.isNumber === true ? 'number' : column?.isCode === true ? 'code' : 'text';
  const heads = columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.head}</th>`);
  const lines = rows.map(({ cells, look }) => {
    const [head = '', ...others] = cells;
    const data = others.map((cell, index) => html`<td class="${classOf(columns[index + 1])}">${cell}</td>`);
    return html`<tr class="${look ?? 'plain'}">
      <th scope="row" class="${classOf(columns[0])}">${head}</th>
      ${data}
    </tr>`;
  });
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0">
    <table>
      <caption>
        <span>${caption}</span>
      </caption>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${lines}
      </tbody>
    </table>
  </div>`;
}

/** A chart across the page, drawn once more for phones. */
export function wideChart(words: ChartWords, draw: (width: number) => Drawing): Html {
  return html`<figure>
    <figcaption>${words.title}</figcaption>
    ${drawChart(draw(WIDE), words, 'wide')}${drawChart(draw(NARROW), words, 'narrow')}
  </figure>`;
}

/** A chart for half a page, which fits a phone as well. */
export function halfChart(words: ChartWords, draw: (width: number) => Drawing): Html {
  return html`<figure>
    <figcaption>${words.title}</figcaption>
    ${drawChart(draw(HALF), words, 'wide')}${drawChart(draw(NARROW), words, 'narrow')}
  </figure>`;
}

/** A chart drawn once, small enough for a phone. */
export function smallChart(words: ChartWords, draw: (width: number) => Drawing): Html {
  return html`<figure>
    <figcaption>${words.title}</figcaption>
    ${drawChart(draw(SMALL), words, 'small')}
  </figure>`;
}

export function legend(entries: readonly { readonly color: string; readonly words: string }[]): Html {
  const items = entries.map(
    ({ color, words }) => html`<li><span class="swatch" style="background:${color}"></span>${words}</li>`,
  );
  return html`<ul class="legend">
    ${items}
  </ul>`;
}

/** What a reader opens when wanted. */
export function folded(summary: HtmlValue, body: HtmlValue): Html {
  return html`<details>
    <summary>${summary}</summary>
    ${body}
  </details>`;
}

/** Names and what they are. */
export function facts(entries: readonly (readonly [string, HtmlValue])[]): Html {
  return html`<dl class="facts">
    ${entries.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

export function note(text: HtmlValue): Html {
  return html`<p class="note">${text}</p>`;
}

function tileHtml({ name, figure, more }: Tile): Html {
  return html`<div class="tile">
    <dt>${name}</dt>
    <dd class="figure">${figure}</dd>
    ${more === undefined ? nothing : html`<dd class="more">${more}</dd>`}
  </div>`;
}

function sectionHtml({ id, title, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
    <h2 id="${id}-title">${title}</h2>
    ${body}
  </section>`;
}
