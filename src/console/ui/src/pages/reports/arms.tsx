// Customers who may be made offers beside those who never are, as differences with their 95 % intervals.
import { Select, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type {
  ArmMeasureName,
  ArmMeasureView,
  ArmRowView,
  ArmsReportView,
} from '../../../../reports/reports-view.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { clockText, useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { Chart } from '../analysis/chart.js';
import { DataTable } from '../analysis/data-table.js';
import type { Column } from '../analysis/data-table.js';
import { intervalOption } from './interval-chart.js';
import { ReportQuery } from './report-query.js';
import type { ReportProps } from './report-query.js';

const measures: readonly ArmMeasureName[] = [
  'valuePerCall',
  'valuePerCustomer',
  'acceptance',
  'handlingSeconds',
  'abandonment',
];

interface Line {
  readonly row: ArmRowView;
  readonly measure: ArmMeasureName;
  readonly is: ArmMeasureView;
}

export function Arms({ period }: ReportProps) {
  return (
    <ReportQuery<ArmsReportView> report="arms" period={period}>
      {(report) => <ArmsTable report={report} />}
    </ReportQuery>
  );
}

/** A value of a measure, and a difference of two with its sign. */
function useWords() {
  const { money, percent } = useFormat();
  const show = (measure: ArmMeasureName, value: number): string => {
    if (measure === 'handlingSeconds') return clockText(Math.abs(value) * 1000);
    const isShare = measure === 'acceptance' || measure === 'abandonment';
    return isShare ? percent(Math.abs(value)) : money(Math.abs(value));
  };
  const signed = (measure: ArmMeasureName, value: number): string =>
    `${value < 0 ? '−' : value > 0 ? '+' : ''}${show(measure, value)}`;
  return { show, signed };
}

function ArmsTable({ report }: { readonly report: ArmsReportView }) {
  const { t } = useT('reports');
  const { count } = useFormat();
  const { show, signed } = useWords();
  const rows = report.partners.flatMap((row): readonly Line[] =>
    measures.map((measure) => ({ row, measure, is: row.measures[measure] })),
  );
  const arm = (name: 'offer' | 'control'): Column<Line> => ({
    head: t(`columns.${name}Arm`),
    isNumber: true,
    of: ({ is }) => is[name],
    show: ({ is, measure }) => (is[name] === undefined ? '–' : show(measure, is[name])),
  });
  const columns: readonly Column<Line>[] = [
    {
      head: t('columns.partner'),
      of: ({ row }) => row.partner,
      show: ({ row, measure }) => (measure === measures[0] ? <strong>{row.partner}</strong> : ''),
    },
    { head: t('columns.measure'), of: ({ measure }) => t(`measures.${measure}`) },
    arm('offer'),
    arm('control'),
    {
      head: t('columns.difference'),
      minWidth: 190,
      isNumber: true,
      of: ({ is }) => is.difference,
      show: ({ is, measure }) =>
        is.difference === undefined || is.low === undefined || is.high === undefined
          ? '–'
          : t('interval', {
              estimate: signed(measure, is.difference),
              low: signed(measure, is.low),
              high: signed(measure, is.high),
            }),
    },
    { head: t('columns.low'), isHidden: true, of: ({ is }) => is.low },
    { head: t('columns.high'), isHidden: true, of: ({ is }) => is.high },
    { head: t('columns.told'), minWidth: 150, of: toldOf, show: (line) => <Told line={line} /> },
  ];
  return (
    <Stack gap="md">
      <DifferenceChart report={report} />
      <DataTable
        title={t('tabs.arms')}
        rows={rows}
        columns={columns}
        keyOf={({ row, measure }) => `${row.partner} ${measure}`}
        file="proffer-arms"
        empty={t('none.arms')}
        minWidth={820}
      />
      <Text fz="xs" c="dimmed">
        {report.partners
          .map(({ partner, offer, control }) =>
            t('arms.sizes', { partner, offer: count(offer.customers), control: count(control.customers) }),
          )
          .join(' ')}{' '}
        {t('arms.note', { count: report.inNoArm })}
      </Text>
    </Stack>
  );
}

function toldOf({ is }: Line): string {
  if (is.includesZero === undefined) return 'too few customers';
  return is.includesZero ? 'includes zero' : 'differs';
}

function Told({ line: { is } }: { readonly line: Line }) {
  const { t } = useT('reports');
  if (is.includesZero === undefined) return <StateBadge kind="idle">{t('arms.tooFew')}</StateBadge>;
  return is.includesZero ? (
    <StateBadge kind="warning">{t('arms.includesZero')}</StateBadge>
  ) : (
    <StateBadge kind="good">{t('arms.differs')}</StateBadge>
  );
}

function DifferenceChart({ report }: { readonly report: ArmsReportView }) {
  const { t } = useT('reports');
  const [measure, setMeasure] = useState<ArmMeasureName>('valuePerCall');
  const { partners } = report;
  const option = useMemo(
    () =>
      intervalOption(
        partners.flatMap(({ partner, measures: { [measure]: is } }) =>
          is.difference === undefined || is.low === undefined || is.high === undefined
            ? []
            : [{ name: partner, estimate: is.difference, low: is.low, high: is.high }],
        ),
      ),
    [partners, measure],
  );
  return (
    <div>
      <Select
        label={t('charts.uplift')}
        w={240}
        mb={4}
        data={measures.map((value) => ({ value, label: t(`measures.${value}`) }))}
        value={measure}
        onChange={(value) => setMeasure(value ?? 'valuePerCall')}
        allowDeselect={false}
      />
      <Chart
        label={t('charts.arms', { measure: t(`measures.${measure}`) })}
        height={partners.length * 40 + 50}
        option={option}
      />
    </div>
  );
}
