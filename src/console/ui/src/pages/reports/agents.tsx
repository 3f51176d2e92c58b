import type { AgentRowView, AgentsReportView } from '../../../../reports/reports-view.js';
import { Count, Duration, Money } from '../../app/components/figures.js';
import { useT } from '../../app/i18n.js';
import { DataTable } from '../analysis/data-table.js';
import type { Column } from '../analysis/data-table.js';
import { ShareInterval } from './interval.js';
import { ReportQuery } from './report-query.js';
import type { ReportProps } from './report-query.js';

export function Agents({ period }: ReportProps) {
  return (
    <ReportQuery<AgentsReportView> report="agents" period={period}>
      {(report) => <AgentsTable report={report} />}
    </ReportQuery>
  );
}

function AgentsTable({ report }: { readonly report: AgentsReportView }) {
  const { t } = useT('reports');
  const count = (
    name:
      'calls' | 'presented' | 'accepted' | 'declined' | 'callback' | 'open' | 'autoWrapped' | 'corrections',
  ): Column<AgentRowView> => ({
    head: t(`columns.${name}`),
    isNumber: true,
    of: (row) => row[name],
    show: (row) => <Count value={row[name]} />,
  });
  const columns: readonly Column<AgentRowView>[] = [
    { head: t('columns.centre'), of: (row) => row.centre },
    { head: t('columns.agent'), of: (row) => row.agent ?? t('columns.unnamed') },
    count('calls'),
    count('presented'),
    count('accepted'),
    {
      head: t('columns.acceptance'),
      minWidth: 150,
      isNumber: true,
      of: (row) => row.acceptance?.estimate,
      show: (row) => <ShareInterval interval={row.acceptance} />,
    },
    { head: t('columns.acceptanceLow'), isHidden: true, of: (row) => row.acceptance?.low },
    { head: t('columns.acceptanceHigh'), isHidden: true, of: (row) => row.acceptance?.high },
    count('declined'),
    count('callback'),
    {
      head: t('columns.value'),
      isNumber: true,
      of: (row) => row.value,
      show: (row) => <Money amount={row.value} />,
    },
    {
      head: t('columns.handling'),
      isNumber: true,
      of: (row) => (row.handled === 0 ? null : row.agentSeconds / row.handled),
      show: (row) => <Duration ms={row.handled === 0 ? null : (row.agentSeconds / row.handled) * 1000} />,
    },
    count('open'),
    count('autoWrapped'),
    count('corrections'),
  ];
  return (
    <DataTable
      title={t('tabs.agents')}
      rows={report.agents}
      columns={columns}
      keyOf={(row) => `${row.centre}/${row.agent ?? ''}`}
      file="proffer-agents"
      empty={t('none.agents')}
      minWidth={1100}
    />
  );
}
