// Who changed what, and when; each edit with its difference, and taken back with one click.
import { Accordion, Alert, Badge, Button, Group, Loader, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SavedView, SettingsHistoryEntry } from '../../../../settings/settings-view.js';
import { api } from '../../app/api.js';
import { useT } from '../../app/i18n.js';
import { DiffView } from './diff-view.js';
import { useRunningNote } from './save-bar.js';

const pageSize = 30;

export function History() {
  const { t } = useT('settings');
  const { data, error, isPending, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['settings', 'history'],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      api<{ edits: SettingsHistoryEntry[] }>(
        'GET',
        `/settings/history?limit=${pageSize}${pageParam === undefined ? '' : `&before=${pageParam}`}`,
        undefined,
        signal,
      ),
    getNextPageParam: ({ edits }) => (edits.length < pageSize ? undefined : edits.at(-1)?.edit),
  });
  const edits = data?.pages.flatMap((page) => page.edits) ?? [];
  return (
    <Stack>
      <div>
        <Title order={2} size="h3">
          {t('sections.history')}
        </Title>
        <Text size="sm" c="dimmed">
          {t('about.history')}
        </Text>
      </div>
      {error === null ? null : <Alert color="red">{error.message}</Alert>}
      {isPending ? <Loader aria-label={t('loading')} /> : null}
      {data !== undefined && edits.length === 0 ? <Text>{t('history.none')}</Text> : null}
      <Accordion variant="contained" radius="sm" order={3}>
        {edits.map((edit) => (
          <Entry key={edit.edit} edit={edit} />
        ))}
      </Accordion>
      {hasNextPage ? (
        <Button variant="default" onClick={() => void fetchNextPage()}>
          {t('history.more')}
        </Button>
      ) : null}
    </Stack>
  );
}

function Entry({ edit }: { readonly edit: SettingsHistoryEntry }) {
  const { t, language } = useT('settings');
  const queries = useQueryClient();
  const tellRunning = useRunningNote();
  const [message, setMessage] = useState<string>();
  const undo = useMutation({
    mutationFn: () => api<SavedView>('POST', `/settings/history/${edit.edit}/undo`, {}),
    onSuccess: (saved) => {
      setMessage(undefined);
      tellRunning(saved);
    },
    onError: (error) => setMessage(error.message),
    onSettled: () => queries.invalidateQueries({ queryKey: ['settings'] }),
  });
  const what = edit.subject ?? edit.file;
  const canUndo = edit.canUndo && edit.undoneBy === null;
  return (
    <Accordion.Item value={String(edit.edit)}>
      <Accordion.Control>
        <Group gap="sm" wrap="wrap">
          <Text size="sm" c="dimmed" className="settings-count">
            #{edit.edit}
          </Text>
          <Text size="sm">{new Date(edit.at).toLocaleString(language)}</Text>
          <Text size="sm" fw={600}>
            {edit.actor}
          </Text>
          <Text size="sm">{t(`history.${edit.action}`, { what, of: edit.undoOf ?? '' })}</Text>
          {edit.comment === '' ? null : (
            <Text size="sm" c="dimmed">
              “{edit.comment}”
            </Text>
          )}
          {edit.undoneBy === null ? null : (
            <Badge variant="outline" color="gray" size="sm" tt="none">
              {t('history.undone', { by: edit.undoneBy })}
            </Badge>
          )}
          {edit.state === 'written' ? null : (
            <Badge color={edit.state === 'failed' ? 'red' : 'orange'} variant="outline" size="sm" tt="none">
              {t(`history.${edit.state}`)}
            </Badge>
          )}
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="sm">
          <DiffView diff={edit.diff} label={t('diff.label')} />
          {message === undefined ? null : (
            <Alert color="red" role="alert" title={t('history.notUndone')}>
              {message}
            </Alert>
          )}
          <Group justify="space-between">
            <Text size="xs" c="dimmed">
              {edit.file}
            </Text>
            {canUndo ? (
              <Button
                size="xs"
                variant="default"
                loading={undo.isPending}
                aria-label={t('history.undoEdit', { edit: edit.edit })}
                onClick={() => undo.mutate()}
              >
                {t('history.undo')}
              </Button>
            ) : null}
          </Group>
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
}
