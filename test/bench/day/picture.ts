// The picture of the simulated day: value by hour, and three figures of the whole day, for each policy.
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { hourlyShare } from './calls.js';
import { interval } from './interval.js';
import type { DayResult } from './simulate.js';

use([BarChart, LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

interface PolicyDays {
  readonly name: string;
  readonly days: readonly DayResult[];
}

const colours = ['#9aa0a6', '#e0a030', '#1f6fb5'];
const ink = '#222222';
const width = 1000;
const height = 400;

const bars = [
  { title: 'Value of a day', of: (one: DayResult) => one.value, digits: 0, left: 470 },
  { title: 'Average wait, s', of: (one: DayResult) => one.meanWaitSeconds, digits: 1, left: 655 },
  { title: 'Abandoned, %', of: (one: DayResult) => one.abandoned * 100, digits: 1, left: 840 },
] as const;

const barWidth = 140;
const linesWidth = 370;
const common = { top: 70, bottom: 70, containLabel: false } as const;

/** The SVG file. */
export function dayPicture(policies: readonly PolicyDays[]): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const hours = hourlyShare.map((_, hour) => `${hour + 8}`);
  const byHour = ({ days }: PolicyDays): number[] =>
    hours.map((_, hour) => interval(days.map((one) => one.valueByHour[hour] ?? 0)).mean);
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      color: colours,
      textStyle: { fontFamily: 'sans-serif', color: ink },
      legend: { data: policies.map((one) => one.name), bottom: 8, textStyle: { color: ink, fontSize: 13 } },
      title: [
        titleOf('Value by hour of the day', 60),
        ...bars.map(({ title, left }) => titleOf(title, left)),
      ],
      grid: [
        { ...common, left: 60, width: linesWidth },
        ...bars.map(({ left }) => ({ ...common, left, width: barWidth })),
      ],
      xAxis: [
        { type: 'category', data: hours, gridIndex: 0, boundaryGap: false, axisTick: { show: false } },
        ...bars.map((_, i) => ({
          type: 'category',
          data: [''],
          gridIndex: i + 1,
          axisTick: { show: false },
        })),
      ],
      yAxis: [
        { type: 'value', gridIndex: 0, min: 0, splitLine: { lineStyle: { color: '#e4e4e4' } } },
        ...bars.map((_, i) => ({ type: 'value', gridIndex: i + 1, min: 0, show: false })),
      ],
      series: policies.flatMap((policy, i) => [
        {
          type: 'line',
          name: policy.name,
          data: byHour(policy),
          showSymbol: false,
          lineStyle: { width: 2.5 },
          xAxisIndex: 0,
          yAxisIndex: 0,
          itemStyle: { color: colours[i] },
        },
        ...bars.map(({ of, digits }, place) => ({
          type: 'bar',
          name: policy.name,
          data: [interval(policy.days.map(of)).mean],
          xAxisIndex: place + 1,
          yAxisIndex: place + 1,
          itemStyle: { color: colours[i] },
          label: {
            show: true,
            position: 'top',
            color: ink,
            formatter: ({ value }: { value: number }) => value.toFixed(digits),
          },
        })),
      ]),
    });
    return `${chart.renderToSVGString()}\n`;
  } finally {
    chart.dispose();
  }
}

function titleOf(text: string, left: number) {
  return { text, left, top: 24, textStyle: { fontSize: 14, fontWeight: 'bold' as const, color: ink } };
}
