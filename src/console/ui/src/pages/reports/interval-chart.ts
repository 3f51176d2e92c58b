// Estimates as dots with error bars: each name a line, zero marked.
import { axisOf } from '../analysis/palette.js';
import type { ChartOption, Palette } from '../analysis/palette.js';

export interface Estimate {
  readonly name: string;
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** What a custom series of echarts is given to draw one item. */
interface Drawing {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly [number, number];
}

export function intervalOption(rows: readonly Estimate[]): ChartOption {
  return (palette) => ({
    grid: { left: 8, right: 32, top: 8, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'item',
      renderMode: 'richText',
      formatter: ({ dataIndex }: { readonly dataIndex: number }) => tooltipOf(rows[dataIndex]),
    },
    xAxis: {
      type: 'value',
      min: least(rows),
      max: most(rows),
      ...axisOf(palette),
      axisLabel: { color: palette.text, hideOverlap: true, showMinLabel: false, showMaxLabel: false },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((one) => one.name),
      ...axisOf(palette),
      axisTick: { show: false },
    },
    series: [
      {
        type: 'custom',
        data: rows.map((one, i) => [one.estimate, i, one.low, one.high]),
        renderItem: (_: unknown, api: Drawing) => barOf(api, palette),
        markLine: {
          symbol: 'none',
          silent: true,
          label: { show: false },
          lineStyle: { color: palette.text, type: 'solid', width: 1 },
          data: [{ xAxis: 0 }],
        },
      },
    ],
  });
}

function tooltipOf(row: Estimate | undefined): string {
  if (row === undefined) return '';
  const text = (value: number): string => value.toPrecision(3);
  return `${row.name}: ${text(row.estimate)} (${text(row.low)} – ${text(row.high)})`;
}

/** Zero is always on the axis, with some room at the ends. */
function least(rows: readonly Estimate[]): number {
  const low = Math.min(0, ...rows.map((one) => one.low));
  return low - room(rows);
}

function most(rows: readonly Estimate[]): number {
  return Math.max(0, ...rows.map((one) => one.high)) + room(rows);
}

function room(rows: readonly Estimate[]): number {
  const spread = Math.max(0, ...rows.map((one) => one.high)) - Math.min(0, ...rows.map((one) => one.low));
  return spread === 0 ? 1 : spread * 0.08;
}

function barOf(api: Drawing, { main }: Palette) {
  const line = api.value(1);
  const [x, y] = api.coord([api.value(0), line]);
  const [low] = api.coord([api.value(2), line]);
  const [high] = api.coord([api.value(3), line]);
  const stroke = { stroke: main, lineWidth: 2, fill: 'none' };
  const cap = (at: number) => ({
    type: 'line',
    shape: { x1: at, y1: y - 6, x2: at, y2: y + 6 },
    style: stroke,
  });
  return {
    type: 'group',
    children: [
      { type: 'line', shape: { x1: low, y1: y, x2: high, y2: y }, style: stroke },
      cap(low),
      cap(high),
      { type: 'circle', shape: { cx: x, cy: y, r: 5 }, style: { fill: main } },
    ],
  };
}
