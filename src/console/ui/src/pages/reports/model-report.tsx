import { List, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { ModelReportView } from '../../../../reports/reports-view.js';
import { api } from '../../app/api.js';
import { Failure } from '../../app/components/failure.js';
import { Loading } from '../../app/components/loading.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { Chart } from '../analysis/chart.js';
import { DataTable } from '../analysis/data-table.js';
import { axisOf } from '../analysis/palette.js';
import type { Palette } from '../analysis/palette.js';

/** The most of them that are shown. */
const shownColumns = 20;

export function ModelReport({ model }: { readonly model: string }) {
  const { t } = useT('reports');
  const { data, error, refetch } = useQuery({
    queryKey: ['models', model],
    queryFn: ({ signal }) =>
      api<ModelReportView>('GET', `/models/${encodeURIComponent(model)}`, undefined, signal),
    staleTime: 60_000,
    retry: false,
  });
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what={model} />;
  return (
    <Paper component="section" aria-label={t('models.report', { model })}>
      <Stack gap="lg">
        <div>
          <Title order={2}>{t('models.report', { model })}</Title>
          <Text fz="sm">{data.calibrationVerdict}</Text>
        </div>
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
          <Calibration report={data} />
          <Lift report={data} />
        </SimpleGrid>
        <Bins report={data} />
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg">
          <Importance report={data} />
          <Drift report={data} />
        </SimpleGrid>
        {data.notes.length === 0 ? null : (
          <div>
            <Title order={3}>{t('models.notes')}</Title>
            <List size="sm">
              {data.notes.map((note) => (
                <List.Item key={note}>{note}</List.Item>
              ))}
            </List>
          </div>
        )}
      </Stack>
    </Paper>
  );
}

interface ReportOf {
  readonly report: ModelReportView;
}

const percentAxis = (palette: Palette, name: string) => ({
  type: 'value',
  name,
  nameLocation: 'middle',
  nameGap: 28,
  ...axisOf(palette),
  axisLabel: { color: palette.text, formatter: '{value} %' },
});
const inPercent = (share: number): number => Math.round(share * 10_000) / 100;

function Calibration({ report: { calibration } }: ReportOf) {
  const { t } = useT('reports');
  const option = useCallback(
    (palette: Palette) => {
      const last = Math.max(...calibration.map((one) => Math.max(one.high, one.meanPropensity)), 0.01);
      return {
        grid: { left: 36, right: 16, top: 28, bottom: 36, containLabel: true },
        legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 8, textStyle: { color: palette.text } },
        xAxis: percentAxis(palette, t('models.predicted')),
        yAxis: { ...percentAxis(palette, t('models.observed')), nameGap: 44 },
        series: [
          {
            type: 'line',
            name: t('models.measured'),
            symbolSize: 8,
            itemStyle: { color: palette.main },
            lineStyle: { color: palette.main },
            data: calibration.map((one) => [inPercent(one.meanPropensity), inPercent(one.observedRate)]),
          },
          {
            type: 'line',
            name: t('models.perfect'),
            symbol: 'none',
            itemStyle: { color: palette.other },
            lineStyle: { color: palette.other, type: 'dashed' },
            data: [
              [0, 0],
              [inPercent(last), inPercent(last)],
            ],
          },
        ],
      };
    },
    [calibration, t],
  );
  return (
    <div>
      <Title order={3}>{t('models.calibration')}</Title>
      <Chart label={t('charts.calibration')} height={280} option={option} />
    </div>
  );
}

function Lift({ report: { calibration, testMetrics } }: ReportOf) {
  const { t } = useT('reports');
  const lifts = liftOf(calibration, testMetrics.observedRate);
  const option = useCallback(
    (palette: Palette) => ({
      grid: { left: 36, right: 16, top: 28, bottom: 36, containLabel: true },
      xAxis: {
        type: 'category',
        name: t('models.tenths'),
        nameLocation: 'middle',
        nameGap: 28,
        data: lifts.map((_, i) => i + 1),
        ...axisOf(palette),
      },
      yAxis: {
        type: 'value',
        ...axisOf(palette),
        axisLabel: { color: palette.text, formatter: '{value} ×' },
      },
      series: [
        {
          type: 'bar',
          name: t('models.lift'),
          itemStyle: { color: palette.main, borderRadius: 2 },
          data: lifts.map((one) => Math.round(one * 100) / 100),
          markLine: {
            symbol: 'none',
            silent: true,
            label: { show: false },
            lineStyle: { color: palette.text, type: 'solid', width: 1 },
            data: [{ yAxis: 1 }],
          },
        },
      ],
    }),
    [lifts, t],
  );
  return (
    <div>
      <Title order={3}>{t('models.lift')}</Title>
      <Chart label={t('charts.lift')} height={280} option={option} />
    </div>
  );
}

/** Rate of takers in each bin over the rate among all, the most likely first. */
function liftOf(calibration: ModelReportView['calibration'], rate: number): readonly number[] {
  return calibration.toReversed().map((one) => (rate === 0 ? 0 : one.observedRate / rate));
}

function Bins({ report: { calibration, testMetrics, model } }: ReportOf) {
  const { t } = useT('reports');
  const { percent, count } = useFormat();
  const rate = testMetrics.observedRate;
  return (
    <DataTable
      title={t('models.bins')}
      rows={calibration.toReversed().map((bin, i) => ({ bin, place: i + 1 }))}
      keyOf={({ place }) => String(place)}
      file={`proffer-model-${model}`}
      empty={t('none.models')}
      columns={[
        { head: t('models.tenth'), isNumber: true, of: ({ place }) => place },
        {
          head: t('models.rows'),
          isNumber: true,
          of: ({ bin }) => bin.rows,
          show: ({ bin }) => count(bin.rows),
        },
        {
          head: t('models.predicted'),
          isNumber: true,
          of: ({ bin }) => bin.meanPropensity,
          show: ({ bin }) => percent(bin.meanPropensity),
        },
        {
          head: t('models.observed'),
          isNumber: true,
          of: ({ bin }) => bin.observedRate,
          show: ({ bin }) =>
            t('interval', {
              estimate: percent(bin.observedRate),
              low: percent(bin.low),
              high: percent(bin.high),
            }),
        },
        {
          head: t('models.lift'),
          isNumber: true,
          of: ({ bin }) => (rate === 0 ? null : bin.observedRate / rate),
          show: ({ bin }) => (rate === 0 ? '–' : (bin.observedRate / rate).toFixed(2)),
        },
      ]}
    />
  );
}

function Importance({ report: { coefficients } }: ReportOf) {
  const { t } = useT('reports');
  const rows = coefficients
    .toSorted((a, b) => Math.abs(b.coefficient) - Math.abs(a.coefficient))
    .slice(0, shownColumns);
  return (
    <DataTable
      title={t('models.importance')}
      rows={rows}
      keyOf={(row) => row.name}
      empty={t('models.noColumns')}
      minWidth={320}
      columns={[
        { head: t('models.column'), of: (row) => row.name },
        {
          head: t('models.coefficient'),
          isNumber: true,
          of: (row) => row.coefficient,
          show: (row) => row.coefficient.toFixed(3),
        },
        {
          head: t('models.oddsRatio'),
          isNumber: true,
          of: (row) => row.oddsRatio,
          show: (row) => row.oddsRatio.toFixed(2),
        },
      ]}
    />
  );
}

function Drift({ report: { drift } }: ReportOf) {
  const { t } = useT('reports');
  return (
    <DataTable
      title={t('models.drift')}
      rows={drift.toSorted((a, b) => b.psi - a.psi).slice(0, shownColumns)}
      keyOf={(row) => row.column}
      empty={t('models.noColumns')}
      minWidth={320}
      columns={[
        { head: t('models.column'), of: (row) => row.column },
        { head: t('models.psi'), isNumber: true, of: (row) => row.psi, show: (row) => row.psi.toFixed(3) },
        { head: t('models.change'), of: (row) => row.change },
      ]}
    />
  );
}
