// A report of a period: read, and told when it cannot be or there was nothing.
import { Paper, Stack, Text } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { CoverageView, ReportName } from '../../../../reports/reports-view.js';
import { api } from '../../app/api.js';
import { Empty } from '../../app/components/empty.js';
import { Failure } from '../../app/components/failure.js';
import { Loading } from '../../app/components/loading.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { useSession } from '../../app/session.js';
import { queryOf } from './period.js';
import type { Period } from './period.js';

export interface ReportProps {
  readonly period: Period;
}

export interface ReportQueryProps<Report> {
  readonly report: ReportName;
  readonly period: Period;
  readonly children: (report: Report) => ReactNode;
}

export function ReportQuery<Report extends { readonly coverage: CoverageView }>({
  report,
  period,
  children,
}: ReportQueryProps<Report>) {
  const { t } = useT('reports');
  const { dateTime, count } = useFormat();
  const { partners } = useSession();
  const partner = period.partner === '' ? (partners[0] ?? '') : period.partner;
  const asked = { ...period, partner };
  const { data, error, refetch } = useQuery({
    queryKey: ['reports', report, asked],
    queryFn: ({ signal }) => api<Report>('GET', `/reports/${report}?${queryOf(asked)}`, undefined, signal),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    refetchOnWindowFocus: false,
    retry: false,
  });
  if (error !== null) return <Failure error={error} title={t('failed')} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what={t('what')} />;
  const { coverage } = data;
  if (coverage.contacts === 0) {
    return (
      <Paper>
        <Empty title={t('none.title')}>{t('none.text')}</Empty>
      </Paper>
    );
  }
  return (
    <Stack gap="md">
      <Paper>{children(data)}</Paper>
      <Text fz="xs" c="dimmed">
        {t('coverage', {
          calls: count(coverage.contacts),
          first: dateTime(coverage.first ?? 0),
          last: dateTime(coverage.last ?? 0),
        })}
        {coverage.withoutOutcome === 0 ? '' : ` ${t('withoutOutcome', { count: coverage.withoutOutcome })}`}
      </Text>
    </Stack>
  );
}
