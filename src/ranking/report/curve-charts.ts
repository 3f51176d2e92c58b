// Charts with two axes: histograms, calibration and ROC curves.
import { textWidth } from './chart-drawing.js';
import type { ChartSeries, Drawing } from './chart-drawing.js';
import { ACCENT, LINE, MUTED, noEmphasis, valueAxis } from './chart-style.js';
import { oneLine } from './line-text.js';

/** Upright bars without gaps, one a bin; `labels` name the bins. */
export function histogramChart(
  bins: readonly { readonly label: string; readonly count: number }[],
  axisName: string,
  width: number,
): Drawing {
  const labels = bins.map(({ label }) => oneLine(label));
  const perLabel = Math.max(...labels.map(textWidth), 1) + 8;
  const shown = Math.max(1, Math.floor((width - 60) / perLabel));
  return {
    width,
    height: 230,
    option: {
      grid: { left: 54, right: 8, top: 10, bottom: 44 },
      xAxis: {
        type: 'category',
        data: labels,
        name: axisName,
        nameLocation: 'middle',
        nameGap: 28,
        nameTextStyle: { color: MUTED },
        axisLine: { lineStyle: { color: LINE } },
        axisTick: { show: false },
        axisLabel: { color: MUTED, interval: Math.ceil(labels.length / shown) - 1 },
      },
      yAxis: valueAxis(shortCount),
      series: [
        {
          type: 'bar',
          ...noEmphasis,
          barCategoryGap: '8%',
          itemStyle: { color: ACCENT },
          data: bins.map(({ count }) => count),
        },
      ],
    },
  };
}

export interface CalibrationPoint {
  readonly predicted: number;
  readonly observed: number;
  readonly low: number;
  readonly high: number;
}

/** Observed against predicted, each with its interval, and the diagonal that a calibrated model lies on. */
export function calibrationChart(points: readonly CalibrationPoint[], width: number): Drawing {
  const most = Math.max(...points.flatMap(({ predicted, high }) => [predicted, high]), 0.01);
  const axis = percentAxis(most);
  const intervals = points.map(({ predicted, low, high }) =>
    lineOf(
      [
        [predicted, low],
        [predicted, high],
      ],
      { color: ACCENT, width: 2, opacity: 0.5 },
    ),
  );
  const dots: ChartSeries = {
    ...lineOf(
      points.map(({ predicted, observed }) => [predicted, observed]),
      { color: ACCENT, width: 1 },
    ),
    showSymbol: true,
    symbol: 'circle',
    symbolSize: 8,
    itemStyle: { color: ACCENT, borderWidth: 0 },
  };
  return squareChart([diagonal(axis.max), ...intervals, dots], ['Predicted', 'Observed'], axis, width);
}

/** True against false positive rate, with the diagonal of a model that knows nothing. */
export function rocChart(
  points: readonly { readonly falsePositiveRate: number; readonly truePositiveRate: number }[],
  width: number,
): Drawing {
  const curve: ChartSeries = {
    ...lineOf(
      points.map((point) => [point.falsePositiveRate, point.truePositiveRate]),
      { color: ACCENT, width: 2 },
    ),
    areaStyle: { color: ACCENT, opacity: 0.12 },
  };
  return squareChart(
    [diagonal(1), curve],
    ['Non-takers called takers', 'Takers found'],
    percentAxis(1),
    width,
  );
}

interface PercentAxis {
  readonly max: number;
  readonly interval: number;
}

/** Two axes of percentages, the same. */
function squareChart(
  series: readonly ChartSeries[],
  [xName, yName]: readonly [string, string],
  { max, interval }: PercentAxis,
  width: number,
): Drawing {
  const digits = max <= 0.05 ? 1 : 0;
  const axis = {
    ...valueAxis((value) => `${(value * 100).toFixed(digits)} %`),
    min: 0,
    max,
    interval,
    nameLocation: 'middle' as const,
    nameTextStyle: { color: MUTED },
  };
  return {
    width,
    height: Math.round(width * 0.86),
    option: {
      grid: { left: 66, right: 20, top: 10, bottom: 46 },
      xAxis: { ...axis, name: xName, nameGap: 28 },
      yAxis: { ...axis, name: yName, nameGap: 48 },
      series: [...series],
    },
  };
}

function lineOf(
  data: readonly (readonly number[])[],
  lineStyle: {
    readonly color: string;
    readonly width: number;
    readonly opacity?: number;
    readonly type?: 'dashed';
  },
): LineOption {
  return {
    type: 'line',
    ...noEmphasis,
    showSymbol: false,
    clip: false,
    lineStyle,
    data: data.map((point) => [...point]),
  };
}

type LineOption = Extract<ChartSeries, { type?: 'line' }>;

function diagonal(end: number): ChartSeries {
  return lineOf(
    [
      [0, 0],
      [end, end],
    ],
    { color: MUTED, width: 1, type: 'dashed' },
  );
}

/** An axis from 0 to the next round number, in even steps, to 1 at most. */
function percentAxis(most: number): PercentAxis {
  const unit = 10 ** Math.floor(Math.log10(most));
  const rounds = [
    { to: 1, steps: 5 },
    { to: 2, steps: 4 },
    { to: 4, steps: 4 },
    { to: 5, steps: 5 },
    { to: 6, steps: 3 },
    { to: 8, steps: 4 },
  ];
  const { to, steps } = rounds.find((round) => round.to * unit >= most) ?? { to: 10, steps: 5 };
  return { max: to * unit, interval: (to * unit) / steps };
}

/** Such as `12k`, `1.5M`: short enough for an axis. */
function shortCount(value: number): string {
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(2))}M`;
  if (value >= 1e4) return `${Number((value / 1e3).toFixed(1))}k`;
  return String(value);
}
