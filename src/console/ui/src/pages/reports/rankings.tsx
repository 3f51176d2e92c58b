// Ranking runs that are kept, and of one what it ranked and what it left out.
import { Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { RunReportView, RunSummaryView } from '../../../../reports/reports-view.js';
import { api } from '../../app/api.js';
import { Failure } from '../../app/components/failure.js';
import { Ago, Count, Money } from '../../app/components/figures.js';
import { Loading } from '../../app/components/loading.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { DataTable } from '../analysis/data-table.js';
import type { Column } from '../analysis/data-table.js';
import { ShowButton } from './show-button.js';

export interface RankingsProps {
  /** `partner/run` */
  readonly chosen: string | undefined;
  /** '': none. */
  readonly onChoose: (run: string) => void;
}

export function Rankings({ chosen, onChoose }: RankingsProps) {
  const { t } = useT('reports');
  const { data, error, refetch } = useQuery({
    queryKey: ['rankings'],
    queryFn: ({ signal }) =>
      api<{ readonly rankings: readonly RunSummaryView[] }>('GET', '/rankings', undefined, signal),
    staleTime: 60_000,
  });
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what={t('tabs.rankings')} />;
  const columns: readonly Column<RunSummaryView>[] = [
    { head: t('rankings.run'), of: (row) => row.runId },
    { head: t('columns.partner'), of: (row) => row.partner },
    { head: t('rankings.state'), minWidth: 150, of: stateOf, show: (row) => <State row={row} /> },
    { head: t('rankings.at'), of: (row) => row.ended?.at, show: (row) => <Ago at={row.ended?.at} /> },
    {
      head: t('rankings.customers'),
      isNumber: true,
      of: (row) => row.ended?.customers,
      show: (row) => <Count value={row.ended?.customers} />,
    },
    {
      head: t('rankings.withOffers'),
      isNumber: true,
      of: (row) => row.ended?.withOffers,
      show: (row) => <Count value={row.ended?.withOffers} />,
    },
    {
      head: t('rankings.firstChanged'),
      isNumber: true,
      of: (row) => row.ended?.firstChanged,
      show: (row) => <Count value={row.ended?.firstChanged} />,
    },
    {
      head: t('rankings.rejected'),
      isNumber: true,
      of: (row) => row.ended?.rejected,
      show: (row) => <Count value={row.ended?.rejected} />,
    },
    {
      head: t('rankings.seconds'),
      isNumber: true,
      of: (row) => row.ended?.seconds,
      show: (row) => row.ended?.seconds.toFixed(1) ?? '–',
    },
    {
      head: t('columns.report'),
      of: () => '',
      show: (row) => {
        const run = `${row.partner}/${row.runId}`;
        return row.ended === null ? null : (
          <ShowButton row={run} name={row.runId} chosen={chosen} onChoose={onChoose} />
        );
      },
    },
  ];
  return (
    <Stack gap="md">
      <Paper>
        <DataTable
          title={t('tabs.rankings')}
          rows={data.rankings}
          columns={columns}
          keyOf={(row) => `${row.partner}/${row.runId}`}
          file="proffer-rankings"
          empty={t('none.rankings')}
          minWidth={1000}
        />
      </Paper>
      {chosen === undefined ? null : <RunReport key={chosen} run={chosen} />}
    </Stack>
  );
}

function stateOf({ ended }: RunSummaryView): string {
  if (ended === null) return 'failed';
  if (ended.isDryRun) return 'dry run';
  return ended.generation === null ? 'not published' : String(ended.generation);
}

function State({ row: { ended } }: { readonly row: RunSummaryView }) {
  const { t } = useT('reports');
  if (ended === null) return <StateBadge kind="bad">{t('rankings.failed')}</StateBadge>;
  if (ended.isDryRun) return <StateBadge kind="idle">{t('rankings.dryRun')}</StateBadge>;
  return ended.generation === null ? (
    <StateBadge kind="warning">{t('rankings.notPublished')}</StateBadge>
  ) : (
    <StateBadge kind="good">{t('rankings.published', { generation: ended.generation })}</StateBadge>
  );
}

function RunReport({ run }: { readonly run: string }) {
  const { t } = useT('reports');
  const { percent } = useFormat();
  const { data, error, refetch } = useQuery({
    queryKey: ['rankings', run],
    queryFn: ({ signal }) => {
      const path = run.split('/').map(encodeURIComponent).join('/');
      return api<RunReportView>('GET', `/rankings/${path}`, undefined, signal);
    },
    staleTime: 60_000,
    retry: false,
  });
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what={run} />;
  const moves = data.comparison?.moves ?? [];
  return (
    <Paper>
      <Stack gap="lg">
        <DataTable
          title={t('rankings.offers', { run: data.runId })}
          rows={data.offers}
          keyOf={(row) => row.offer}
          file={`proffer-ranking-${data.runId}`}
          empty={t('none.offers')}
          minWidth={860}
          columns={[
            { head: t('columns.offer'), of: (row) => row.offer },
            {
              head: t('rankings.ranked'),
              isNumber: true,
              of: (row) => row.ranked,
              show: (row) => <Count value={row.ranked} />,
            },
            {
              head: t('rankings.first'),
              isNumber: true,
              of: (row) => row.first,
              show: (row) => <Count value={row.first} />,
            },
            {
              head: t('rankings.propensity'),
              isNumber: true,
              of: (row) => row.meanPropensity,
              show: (row) => (row.meanPropensity === null ? '–' : percent(row.meanPropensity)),
            },
            {
              head: t('rankings.value'),
              isNumber: true,
              of: (row) => row.meanValue,
              show: (row) => <Money amount={row.meanValue} />,
            },
            {
              head: t('rankings.expected'),
              isNumber: true,
              of: (row) => row.meanExpectedValue,
              show: (row) => <Money amount={row.meanExpectedValue} />,
            },
            { head: t('rankings.removed'), of: removedWords },
          ]}
        />
        {moves.length === 0 ? null : (
          <DataTable
            title={t('rankings.moves')}
            rows={moves}
            keyOf={(row) => `${row.from ?? ''} ${row.to ?? ''} ${row.why}`}
            empty=""
            columns={[
              { head: t('rankings.from'), of: (row) => row.from ?? t('rankings.noOffer') },
              { head: t('rankings.to'), of: (row) => row.to ?? t('rankings.noOffer') },
              {
                head: t('rankings.customers'),
                isNumber: true,
                of: (row) => row.customers,
                show: (row) => <Count value={row.customers} />,
              },
              { head: t('rankings.why'), of: (row) => row.why },
            ]}
          />
        )}
        <Text fz="xs" c="dimmed">
          {t('rankings.note')}
        </Text>
      </Stack>
    </Paper>
  );
}

/** The gates that removed the most customers. */
function removedWords({ removed }: RunReportView['offers'][number]): string {
  return Object.entries(removed)
    .filter(([, customers]) => customers > 0)
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([gate, customers]) => `${gate} ${customers}`)
    .join(', ');
}
