import { useCallback } from 'react';
import type { OfferRowView, OffersReportView } from '../../../../reports/reports-view.js';
import { Count } from '../../app/components/figures.js';
import { useT } from '../../app/i18n.js';
import { Chart } from '../analysis/chart.js';
import { DataTable } from '../analysis/data-table.js';
import type { Column } from '../analysis/data-table.js';
import { axisOf } from '../analysis/palette.js';
import type { Palette } from '../analysis/palette.js';
import { ReportQuery } from './report-query.js';
import type { ReportProps } from './report-query.js';
import { useSharedColumns } from './shared-columns.js';

type Row = Omit<OfferRowView, 'offer' | 'name' | 'kind'> & Partial<OfferRowView>;
const counts = [
  'routed',
  'presented',
  'accepted',
  'declined',
  'callback',
  'abandoned',
  'notPresented',
  'noDisposition',
  'open',
] as const;
const shownCounts: ReadonlySet<string> = new Set([
  'routed',
  'presented',
  'accepted',
  'declined',
  'callback',
  'abandoned',
]);

export function Offers({ period }: ReportProps) {
  return (
    <ReportQuery<OffersReportView> report="offers" period={period}>
      {(report) => <OffersTable report={report} />}
    </ReportQuery>
  );
}

function OffersTable({ report }: { readonly report: OffersReportView }) {
  const { t } = useT('reports');
  const shared = useSharedColumns();
  const rows: readonly Row[] = report.offers.length < 2 ? report.offers : [...report.offers, report.total];
  const columns: readonly Column<Row>[] = [
    {
      head: t('columns.offer'),
      of: (row) => row.offer ?? t('columns.total'),
      show: nameOf(t('columns.total')),
    },
    { head: t('columns.by'), of: (row) => (row.kind === undefined ? '' : t(`kinds.${row.kind}`)) },
    ...counts.map((name): Column<Row> => ({
      head: t(`columns.${name}`),
      isNumber: true,
      isHidden: !shownCounts.has(name),
      of: (row) => row[name],
      show: (row) => <Count value={row[name]} />,
    })),
    ...shared.acceptance,
    shared.value,
    shared.handling,
  ];
  return (
    <DataTable
      title={t('tabs.offers')}
      rows={rows}
      columns={columns}
      keyOf={(row) => `${row.offer ?? ''} ${row.kind ?? ''}`}
      file="proffer-offers"
      empty={t('none.offers')}
      minWidth={1000}
    >
      {report.offers.length === 0 ? null : <OffersChart offers={report.offers} />}
    </DataTable>
  );
}

function nameOf(total: string) {
  return (row: Row) =>
    row.offer === undefined ? (
      <strong>{total}</strong>
    ) : (
      <span style={{ whiteSpace: 'nowrap' }}>{row.offer}</span>
    );
}

function OffersChart({ offers }: Pick<OffersReportView, 'offers'>) {
  const { t } = useT('reports');
  const option = useCallback(
    (palette: Palette) => {
      const bars = [
        { name: t('columns.accepted'), colour: palette.good, of: (row: OfferRowView) => row.accepted },
        {
          name: t('charts.notAccepted'),
          colour: palette.main,
          of: (row: OfferRowView) => row.presented - row.accepted,
        },
        {
          name: t('charts.notShown'),
          colour: palette.other,
          of: (row: OfferRowView) => row.routed - row.presented,
        },
      ];
      return {
        grid: { left: 8, right: 24, top: 28, bottom: 4, containLabel: true },
        legend: { top: 0, left: 0, itemWidth: 10, itemHeight: 10, textStyle: { color: palette.text } },
        xAxis: { type: 'value', minInterval: 1, ...axisOf(palette) },
        yAxis: {
          type: 'category',
          inverse: true,
          data: offers.map((row) => `${row.offer} (${t(`kinds.${row.kind}`)})`),
          ...axisOf(palette),
          axisTick: { show: false },
        },
        series: bars.map(({ name, colour, of }) => ({
          type: 'bar',
          stack: 'routed',
          name,
          barMaxWidth: 16,
          itemStyle: { color: colour },
          data: offers.map((row) => Math.max(0, of(row))),
        })),
      };
    },
    [offers, t],
  );
  return <Chart label={t('charts.offers')} height={offers.length * 28 + 60} option={option} />;
}
