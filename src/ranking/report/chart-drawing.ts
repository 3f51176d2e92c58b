// Draws charts to SVG text with ECharts, without a browser. Colours are the page's CSS variables, so that one drawing serves the
// light and the dark scheme; what only a script would use is taken off.
import { createRequire } from 'node:module';
import type { BarSeriesOption, LineSeriesOption } from 'echarts/charts';
import type { GridComponentOption } from 'echarts/components';
import type { ComposeOption, init as initialize } from 'echarts/core';
import { html, trusted } from './html.js';
import type { Html } from './html.js';

// What require() gets is one file; import gets 590, whose loading took more of a short ranking run than anything else.
const { init } = createRequire(import.meta.url)('echarts') as { readonly init: typeof initialize };

export type ChartOption = ComposeOption<BarSeriesOption | LineSeriesOption | GridComponentOption>;
export type ChartSeries = BarSeriesOption | LineSeriesOption;

/** One drawing for a width of window, in CSS pixels. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly option: ChartOption;
}

/** What a screen reader tells of a chart; the numbers are in the table beside it. */
export interface ChartWords {
  readonly title: string;
  readonly description: string;
}

const FONT_SIZE = 12;
/** Mean width of a letter, as a part of the font size. */
const LETTER = 0.56;

/** Width that text takes in a chart, in pixels, about. */
export function textWidth(text: string): number {
  return Math.ceil(text.length * FONT_SIZE * LETTER);
}

/** Text that fits a width: cut, with an ellipsis. */
export function fitText(text: string, width: number): string {
  const letters = Math.max(2, Math.floor(width / (FONT_SIZE * LETTER)));
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}

/** The SVG element of a chart; the style sheet lets it be as wide as its place, up to about its own width. */
export function drawChart({ width, height, option }: Drawing, words: ChartWords, className: string): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: 'transparent',
      textStyle: { fontFamily: 'inherit', fontSize: FONT_SIZE },
      ...option,
    });
    const inner = innerMarkup(chart.renderToSVGString());
    return html`<svg
      class="chart ${className}"
      role="img"
      viewBox="0 0 ${width} ${height}"
      style="--width:${width}px"
    >
      <title>${words.title}</title>
      <desc>${words.description}</desc>
      ${trusted(inner)}
    </svg>`;
  } finally {
    chart.dispose();
  }
}

/** What is inside ECharts' svg element, without style sheet, background, hover classes and data for scripts. */
function innerMarkup(svg: string): string {
  return svg
    .slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'))
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/<rect [^>]*fill="none"><\/rect>/, '')
    .replace(/ (?:class|pointer-events|ecmeta_\w+|data-\w+)="[^"]*"/g, '')
    .replace(/ style="font-size:12px;font-family:inherit;"/g, '')
    .trim();
}
