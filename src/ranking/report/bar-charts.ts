// Charts of horizontal bars. Numbers stand beside the bars, so that no reader has to guess them from an axis.
import { fitText, textWidth } from './chart-drawing.js';
import type { ChartOption, ChartSeries, Drawing } from './chart-drawing.js';
import { ACCENT, hiddenLine, INK, noEmphasis } from './chart-style.js';
import { oneLine } from './line-text.js';

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The number as it is written beside the bar. */
  readonly text: string;
  /** CSS colour; default the accent. */
  readonly color?: string;
}

/** One colour of a stacked chart: a value for each row. */
export interface Stack {
  readonly color: string;
  readonly values: readonly number[];
}

export interface StackedRow {
  readonly label: string;
  readonly text: string;
}

/** A stretch from one number to another, as in a waterfall. */
export interface Step {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly color: string;
}

const ROW_HEIGHT = 26;
/** Of a chart with many rows. */
const DENSE_ROW_HEIGHT = 20;
const DENSE_FROM = 30;
/** Where names and numbers leave less than this share of the width to the bars, the name of a row stands above its bar. */
const LEAST_BARS = 0.45;
/** Names take no more than this share of the width beside the bars. */
const MOST_NAMES = 0.42;
const NAMED_ROW_HEIGHT = 40;
const NAMED_BAR_HEIGHT = 14;

/** Horizontal bars from 0; values below 0 go to the left. */
export function barChart(bars: readonly Bar[], width: number): Drawing {
  const isSigned = bars.some(({ value }) => value < 0);
  const rows = frame(bars, width, isSigned);
  const widest = Math.max(...bars.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  // Signed bars have their numbers at their ends, on both sides of zero.
  const half = rows.plotWidth / 2;
  const end = isSigned ? (widest * half) / (half - widestText(bars) - 8) : widest;
  const bounds = { min: isSigned ? -end : 0, max: end };
  return {
    ...rows.size,
    option: {
      ...rows.option,
      xAxis: { type: 'value', show: false, ...bounds },
      series: [
        {
          type: 'bar',
          ...noEmphasis,
          barWidth: rows.barWidth,
          data: bars.map(({ value, text, color }) => ({
            value,
            itemStyle: { color: color ?? ACCENT, borderRadius: 2 },
            label: { ...valueLabel(text), position: value < 0 ? ('left' as const) : ('right' as const) },
          })),
        },
      ],
    },
  };
}

/** Horizontal bars of several colours that add up to `total`. */
export function stackedChart(
  rows: readonly StackedRow[],
  stacks: readonly Stack[],
  total: number,
  width: number,
): Drawing {
  const { size, option, barWidth } = frame(rows, width, false);
  const series = stacks.map(({ color, values }): ChartSeries => ({
    type: 'bar',
    stack: 'all',
    ...noEmphasis,
    barWidth,
    itemStyle: { color },
    data: [...values],
  }));
  const labels: ChartSeries = {
    type: 'bar',
    stack: 'all',
    ...noEmphasis,
    data: rows.map(({ text }) => ({ value: 0, label: { ...valueLabel(text), position: 'right' as const } })),
  };
  return {
    ...size,
    option: {
      ...option,
      xAxis: { type: 'value', show: false, min: 0, max: Math.max(total, 1) },
      series: [...series, labels],
    },
  };
}

/** Steps below each other, each starting where the one before ended. */
export function waterfallChart(steps: readonly Step[], width: number): Drawing {
  const { size, option, barWidth } = frame(steps, width, false);
  const highest = Math.max(...steps.map(({ from, to }) => Math.max(from, to)), 1);
  return {
    ...size,
    option: {
      ...option,
      xAxis: { type: 'value', show: false, min: 0, max: highest },
      series: [
        {
          type: 'bar',
          stack: 'step',
          ...noEmphasis,
          itemStyle: { color: 'transparent' },
          data: steps.map(({ from, to }) => Math.min(from, to)),
        },
        {
          type: 'bar',
          stack: 'step',
          ...noEmphasis,
          barWidth,
          data: steps.map(({ from, to, text, color }) => ({
            value: Math.abs(to - from),
            itemStyle: { color },
            label: { ...valueLabel(text), position: 'right' as const },
          })),
        },
      ],
    },
  };
}

interface Frame {
  readonly size: { readonly width: number; readonly height: number };
  readonly plotWidth: number;
  readonly barWidth: number;
  readonly option: ChartOption;
}

/** The rows of a horizontal chart: names to the left, or above the bars where it is narrow; room for the numbers to the right. */
function frame(
  rows: readonly { readonly label: string; readonly text: string }[],
  width: number,
  isSigned: boolean,
): Frame {
  const texts = rows.map(({ label }) => oneLine(label));
  const numbers = widestText(rows) + 12;
  const beside = Math.min(Math.max(...texts.map(textWidth), 0) + 12, Math.round(width * MOST_NAMES));
  const isNarrow = width - beside - (isSigned ? 2 : 1) * numbers < LEAST_BARS * width;
  const rowHeight = isNarrow ? NAMED_ROW_HEIGHT : rows.length < DENSE_FROM ? ROW_HEIGHT : DENSE_ROW_HEIGHT;
  const left = isNarrow ? 1 : beside;
  const right = isSigned ? 1 : numbers;
  const place = isNarrow
    ? { inside: true, margin: 0, verticalAlign: 'bottom' as const, padding: [0, 0, 9, 0] }
    : {};
  return {
    size: { width, height: rows.length * rowHeight + 8 },
    plotWidth: width - left - right,
    barWidth: isNarrow ? NAMED_BAR_HEIGHT : Math.round(rowHeight * 0.66),
    option: {
      grid: { left, right, top: 4, bottom: 4 },
      yAxis: {
        type: 'category',
        inverse: true,
        z: 10,
        data: texts.map((text) => fitText(text, isNarrow ? width : left - 12)),
        ...hiddenLine,
        axisLabel: { color: INK, interval: 0, ...place },
      },
    },
  };
}

function widestText(rows: readonly { readonly text: string }[]): number {
  return Math.max(...rows.map(({ text }) => textWidth(oneLine(text))), 0);
}

function valueLabel(text: string) {
  return { show: true, color: INK, formatter: () => oneLine(text) };
}
