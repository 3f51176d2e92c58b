// Bars on a canvas. What they show stands in a table beside them, so nobody has to see this.
import { useComputedColorScheme } from '@mantine/core';
import { BarChart as Bars } from 'echarts/charts';
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import { use as register } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect } from 'react';
import { useFormat } from '../../app/format.js';
import { useChart } from '../../app/use-chart.js';

register([Bars, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export type BarSeries = 'value' | 'acceptedValue' | 'calls';

export interface BarChartProps {
  readonly rows: readonly ({ readonly name: string } & Readonly<
    Partial<Record<BarSeries, number | undefined>>
  >)[];
  readonly series: readonly BarSeries[];
  readonly names: Readonly<Record<BarSeries, string>>;
}

const colours: Readonly<Record<'light' | 'dark', Readonly<Record<BarSeries, string>>>> = {
  light: { value: '#1c7ed6', acceptedValue: '#2f9e44', calls: '#1c7ed6' },
  dark: { value: '#4dabf7', acceptedValue: '#51cf66', calls: '#4dabf7' },
};
const inks = {
  light: { text: '#1b1f24', line: '#dee2e6' },
  dark: { text: '#d8dce3', line: '#434a57' },
} as const;

export default function BarChart({ rows, series, names }: BarChartProps) {
  const { box, chart } = useChart();
  const scheme = useComputedColorScheme('light');
  const { money, count } = useFormat();
  useEffect(() => {
    const { text, line } = inks[scheme];
    const words = (value: unknown): string =>
      typeof value === 'number' ? (series.includes('calls') ? count(value) : money(value)) : '–';
    chart.current?.setOption(
      {
        animation: false,
        aria: { enabled: false },
        textStyle: { fontFamily: 'system-ui, sans-serif', color: text },
        grid: { left: 4, right: 56, top: series.length > 1 ? 28 : 4, bottom: 4, containLabel: true },
        legend: {
          show: series.length > 1,
          top: 0,
          left: 0,
          itemWidth: 10,
          itemHeight: 10,
          textStyle: { color: text },
        },
        // Rich text: a tooltip of HTML would need inline styles, which the policy of the pages refuses.
        tooltip: { trigger: 'axis', renderMode: 'richText', valueFormatter: words },
        xAxis: {
          type: 'value',
          axisLabel: { color: text, hideOverlap: true, formatter: (value: number) => count(value) },
          splitLine: { lineStyle: { color: line } },
        },
        yAxis: {
          type: 'category',
          inverse: true,
          data: rows.map(({ name }) => name),
          axisLabel: { color: text },
          axisTick: { show: false },
          axisLine: { lineStyle: { color: line } },
        },
        series: series.map((key) => ({
          type: 'bar',
          name: names[key],
          barMaxWidth: 14,
          itemStyle: { color: colours[scheme][key], borderRadius: 2 },
          label: {
            show: true,
            position: 'right',
            color: text,
            formatter: ({ value }: { readonly value: unknown }) => words(value),
          },
          data: rows.map((row) => row[key] ?? 0),
        })),
      },
      { notMerge: true },
    );
  }, [chart, rows, series, names, scheme, money, count]);
  const height = rows.length * (series.length > 1 ? 42 : 28) + 56;
  return <div ref={box} className="board-chart" style={{ height }} aria-hidden />;
}
