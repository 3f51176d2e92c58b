import type { AgentRowView, AgentsReportView } from '../../../../reports/reports-view.js';
import { Count } from '../../app/components/figures.js';
import { useT } from '../../app/i18n.js';
import { DataTable } from '../analysis/data-table.js';
import type { Column } from '../analysis/data-table.js';
import { ReportQuery } from './report-query.js';
import type { ReportProps } from './report-query.js';
import { useSharedColumns } from './shared-columns.js';

export function Agents({ period }: ReportProps) {
  return (
    <ReportQuery<AgentsReportView> report="agents" period={period}>
      {(report) => <AgentsTable report={report} />}
    </ReportQuery>
  );
}

function AgentsTable({ report }: { readonly report: AgentsReportView }) {
  const { t } = useT('reports');
  const shared = useSharedColumns();
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
    ...shared.acceptance,
    count('declined'),
    count('callback'),
    shared.value,
    shared.handling,
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
