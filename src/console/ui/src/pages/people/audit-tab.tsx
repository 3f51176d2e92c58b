import { Button, Center, Group, Paper, Table, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditEntryView } from '../../../../people/person-view.js';
import { api } from '../../app/api.js';
import { Empty } from '../../app/components/empty.js';
import { Failure } from '../../app/components/failure.js';
import { Moment } from '../../app/components/figures.js';
import { Loading } from '../../app/components/loading.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { useT } from '../../app/i18n.js';

const pageSize = 100;

export function AuditTab() {
  const { t } = useT('people');
  const [actor, setActor] = useState('');
  const [action, setAction] = useState('');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      api<{ entries: AuditEntryView[] }>('GET', `/audit?limit=${pageSize}${pageParam}`, undefined, signal),
    getNextPageParam: ({ entries }) => {
      const last = entries.at(-1);
      return entries.length < pageSize || last === undefined ? undefined : `&before=${last.id}`;
    },
  });
  if (error !== null && data === undefined)
    return <Failure error={error} title={t('audit.failed')} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what={t('audit.what')} />;
  const entries = data.pages.flatMap((page) => page.entries);
  const has = (text: string, wanted: string) => text.toLowerCase().includes(wanted.trim().toLowerCase());
  const shown = entries.filter((entry) => has(entry.actor, actor) && has(entry.action, action));
  return (
    <>
      <Group gap="sm" mb="sm" align="flex-end">
        <TextInput
          label={t('audit.actor')}
          value={actor}
          onChange={(event) => setActor(event.currentTarget.value)}
        />
        <TextInput
          label={t('audit.action')}
          value={action}
          onChange={(event) => setAction(event.currentTarget.value)}
        />
        <Text role="status" fz="sm" c="dimmed" pb={8}>
          {t('audit.shown', { count: shown.length, total: entries.length })}
        </Text>
      </Group>
      <Paper p={0}>
        {shown.length === 0 ? (
          <Empty title={t('audit.none')}>{hasNextPage ? t('audit.noneYet') : undefined}</Empty>
        ) : (
          <Entries entries={shown} />
        )}
      </Paper>
      {hasNextPage ? (
        <Center mt="md">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {t('audit.older')}
          </Button>
        </Center>
      ) : null}
    </>
  );
}

function Entries({ entries }: { readonly entries: readonly AuditEntryView[] }) {
  const { t } = useT('people');
  return (
    <ScrollTable label={t('tabs.audit')} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th w={170}>{t('audit.at')}</Table.Th>
          <Table.Th>{t('audit.actor')}</Table.Th>
          <Table.Th>{t('audit.action')}</Table.Th>
          <Table.Th>{t('audit.subject')}</Table.Th>
          <Table.Th>{t('audit.detail')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {entries.map(({ id, at, actor, action, subject, detail }) => (
          <Table.Tr key={id}>
            <Table.Td>
              <Moment at={at} />
            </Table.Td>
            <Table.Td>{actor}</Table.Td>
            <Table.Td>{action}</Table.Td>
            <Table.Td>{subject ?? '–'}</Table.Td>
            <Table.Td>
              {Object.entries(detail).map(([name, value]) => (
                <Text key={name} fz="xs" component="div">
                  <Text span inherit c="dimmed">
                    {name}
                  </Text>{' '}
                  {typeof value === 'string' ? value : JSON.stringify(value)}
                </Text>
              ))}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}
