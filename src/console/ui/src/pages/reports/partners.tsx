import { useCallback } from 'react';
import type { PartnerRowView, PartnersReportView } from '../../../../reports/reports-view.js';
import { Count, Duration, Money, Percent } from '../../app/components/figures.js';
import { useT } from '../../app/i18n.js';
import { Chart } from '../analysis/chart.js';
import { DataTable } from '../analysis/data-table.js';
import type { Column } from '../analysis/data-table.js';
import { axisOf } from '../analysis/palette.js';
import type { Palette } from '../analysis/palette.js';
import { ReportQuery } from './report-query.js';
import type { ReportProps } from './report-query.js';

const measures = ['calls', 'agentSeconds', 'ivrSeconds', 'cost'] as const;

export function Partners({ period }: ReportProps) {
  return (
    <ReportQuery<PartnersReportView> report="partners" period={period}>
      {(report) => <PartnersTable report={report} />}
    </ReportQuery>
  );
}

function PartnersTable({ report }: { readonly report: PartnersReportView }) {
  const { t } = useT('reports');
  const number = (
    name: Exclude<keyof PartnerRowView, 'partner' | 'shares'>,
    show: Column<PartnerRowView>['show'],
  ): Column<PartnerRowView> => ({
    head: t(`columns.${name}`),
    isNumber: true,
    of: (row) => row[name],
    ...(show === undefined ? {} : { show }),
  });
  const columns: readonly Column<PartnerRowView>[] = [
    { head: t('columns.partner'), of: (row) => row.partner },
    number('calls', (row) => <Count value={row.calls} />),
    {
      head: t('columns.callShare'),
      isNumber: true,
      of: (row) => row.shares.calls,
      show: (row) => <Percent share={row.shares.calls} />,
    },
    number('answered', (row) => <Count value={row.answered} />),
    number('agentSeconds', (row) => <Duration ms={row.agentSeconds * 1000} />),
    number('ivrSeconds', (row) => <Duration ms={row.ivrSeconds * 1000} />),
    number('cost', (row) => <Money amount={row.cost} />),
    number('presented', (row) => <Count value={row.presented} />),
    number('accepted', (row) => <Count value={row.accepted} />),
    number('value', (row) => <Money amount={row.value} />),
  ];
  return (
    <DataTable
      title={t('tabs.partners')}
      rows={report.partners}
      columns={columns}
      keyOf={(row) => row.partner}
      file="proffer-partners"
      empty={t('none.title')}
      minWidth={900}
    >
      <SharesChart partners={report.partners} />
    </DataTable>
  );
}

function SharesChart({ partners }: Pick<PartnersReportView, 'partners'>) {
  const { t } = useT('reports');
  const option = useCallback(
    (palette: Palette) => {
      const colours = [palette.main, palette.bad, palette.good, palette.other];
      return {
        grid: { left: 8, right: 24, top: 28, bottom: 4, containLabel: true },
        legend: { top: 0, left: 0, itemWidth: 10, itemHeight: 10, textStyle: { color: palette.text } },
        xAxis: {
          type: 'value',
          max: 100,
          ...axisOf(palette),
          axisLabel: { color: palette.text, formatter: '{value} %' },
        },
        yAxis: {
          type: 'category',
          inverse: true,
          data: measures.map((one) => t(`columns.${one}`)),
          ...axisOf(palette),
          axisTick: { show: false },
        },
        series: partners.map((row, i) => ({
          type: 'bar',
          stack: 'shares',
          name: row.partner,
          barMaxWidth: 16,
          itemStyle: { color: colours[i % colours.length] },
          data: measures.map((one) => Math.round(row.shares[one] * 1000) / 10),
        })),
      };
    },
    [partners, t],
  );
  return <Chart label={t('charts.partners')} height={180} option={option} />;
}
