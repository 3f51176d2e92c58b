// The library that draws charts, loaded with the first chart that is shown.
import { useComputedColorScheme } from '@mantine/core';
import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { use as load } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect } from 'react';
import { useChart } from '../../app/use-chart.js';
import { palettes } from './palette.js';
import type { ChartOption } from './palette.js';

load([
  BarChart,
  CustomChart,
  LineChart,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TooltipComponent,
  CanvasRenderer,
]);

export interface CanvasProps {
  readonly option: ChartOption;
  readonly height: number;
}

export default function Canvas({ option, height }: CanvasProps) {
  const { box, chart } = useChart();
  const scheme = useComputedColorScheme('light');
  useEffect(() => {
    const palette = palettes[scheme];
    chart.current?.setOption(
      {
        animation: false,
        aria: { enabled: false },
        textStyle: { fontFamily: 'system-ui, sans-serif', color: palette.text },
        // Rich text: a tooltip of HTML would need inline styles, which the policy of the pages refuses.
        tooltip: { trigger: 'axis', renderMode: 'richText' },
        ...option(palette),
      },
      { notMerge: true },
    );
  }, [chart, option, scheme]);
  return <div ref={box} style={{ height }} aria-hidden />;
}
