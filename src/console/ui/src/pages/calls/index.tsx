// Recorded calls: filtered, page by page. The filters stand in the address, so that a list can be sent to somebody.
import './calls.css';
import { Button, Group, Paper, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import type { CallFilterNames, CallHistoryPage } from '../../../../board/calls-view.js';
import { api } from '../../app/api.js';
import { Empty } from '../../app/components/empty.js';
import { Failure } from '../../app/components/failure.js';
import { Loading } from '../../app/components/loading.js';
import { PageTitle } from '../../app/components/page-title.js';
import { useT } from '../../app/i18n.js';
import { filterNames } from './call-filters.js';
import type { CallFilters } from './call-filters.js';
import { CallTable } from './call-table.js';
import { Filters } from './filters.js';

export default function Page() {
  const { t } = useT('calls');
  const [search, setSearch] = useSearchParams();
  const filters: CallFilters = Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = search.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  );
  const names = useQuery({
    queryKey: ['calls', 'names'],
    queryFn: ({ signal }) => api<CallFilterNames>('GET', '/calls/history/names', undefined, signal),
  });
  return (
    <>
      <PageTitle about={t('about')}>{t('title')}</PageTitle>
      <Filters
        key={JSON.stringify(filters)}
        filters={filters}
        names={names.data ?? { partners: [], offers: [] }}
        onChange={(next) => setSearch(new URLSearchParams(Object.entries(next)))}
      />
      <Found filters={filters} />
    </>
  );
}

function Found({ filters }: { readonly filters: CallFilters }) {
  const { t } = useT('calls');
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } =
    useInfiniteQuery({
      queryKey: ['calls', 'history', filters],
      initialPageParam: '',
      queryFn: ({ pageParam, signal }) => {
        const before: Record<string, string> = pageParam === '' ? {} : { before: pageParam };
        const query = new URLSearchParams({ ...filters, ...before });
        return api<CallHistoryPage>('GET', `/calls/history?${query.toString()}`, undefined, signal);
      },
      getNextPageParam: ({ next }) => next ?? undefined,
    });
  if (error !== null && data === undefined)
    return <Failure error={error} title={t('failed')} onRetry={() => void refetch()} />;
  if (isPending) return <Loading what={t('what')} />;
  const calls = data.pages.flatMap((page) => page.calls);
  if (calls.length === 0) {
    const hasFilters = Object.keys(filters).length > 0;
    return <Empty title={t('none')}>{t(hasFilters ? 'noneFiltered' : 'noneWhy')}</Empty>;
  }
  return (
    <>
      <Paper p="xs">
        <CallTable calls={calls} />
      </Paper>
      <Group mt="sm" gap="sm">
        <Text fz="sm" c="dimmed" role="status">
          {t('shown', { count: calls.length })}
        </Text>
        {hasNextPage ? (
          <Button
            size="xs"
            variant="default"
            loading={isFetchingNextPage}
            onClick={() => void fetchNextPage()}
          >
            {t('more')}
          </Button>
        ) : null}
      </Group>
      {error === null ? null : <Failure error={error} title={t('failed')} onRetry={() => void refetch()} />}
    </>
  );
}
