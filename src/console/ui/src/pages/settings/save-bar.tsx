// Below a form: what changes, what is wrong with it, and saving it, with the difference shown first.
import { Alert, Badge, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type {
  SavedView,
  SettingsChangeView,
  SettingsCheckView,
  SettingsConflictView,
  SettingsFileView,
} from '../../../../settings/settings-view.js';
import { api, ApiError } from '../../app/api.js';
import { useT } from '../../app/i18n.js';
import { ConflictNotice } from './conflict.js';
import { DiffView } from './diff-view.js';
import { dropDraft } from './drafts.js';

export interface SaveBarProps {
  readonly base: SettingsFileView;
  readonly present: SettingsFileView;
  readonly values: unknown;
  readonly changes: readonly SettingsChangeView[];
  readonly check: SettingsCheckView | undefined;
  readonly error: Error | null;
  readonly isChecking: boolean;
}

export function SaveBar({ base, present, values, changes, check, error, isChecking }: SaveBarProps) {
  const { t } = useT('settings');
  const [isOpen, setOpen] = useState(false);
  const [comment, setComment] = useState('');
  const queries = useQueryClient();
  const tellRunning = useRunningNote();
  const save = useMutation({
    mutationFn: () =>
      api<SavedView>('PUT', `/settings/${base.file}`, { version: base.version, changes, comment }),
    onSuccess: (saved) => {
      dropDraft(base.file);
      setOpen(false);
      setComment('');
      tellRunning(saved);
    },
    onError: (failure) => {
      // The notice of the conflict takes its place.
      if (conflictOf(failure) !== undefined) setOpen(false);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['settings'] }),
  });
  const conflict = conflictOf(save.error) ?? conflictOf(error);
  const isStale = conflict !== undefined || present.version !== base.version;
  const problems = check?.problems ?? [];
  if (changes.length === 0) return null;
  const canSave = !isChecking && problems.length === 0 && check !== undefined && !isStale;
  return (
    <Stack className="settings-bar" gap="xs" mt="md" role="group" aria-label={t('save.bar')}>
      {isStale ? (
        <ConflictNotice
          {...{ base, values, conflict, present }}
          mine={check?.diff ?? ''}
          onTaken={() => save.reset()}
        />
      ) : null}
      {!isStale && problems.length > 0 && !isChecking ? (
        <Alert color="red" p="xs" title={t('save.problems', { count: problems.length })}>
          {problems.slice(0, 4).map((one) => (
            <Text size="sm" key={`${one.file}${one.line}${one.field}${one.message}`}>
              <strong>
                {one.file === base.file ? '' : `${one.file}:${one.line} `}
                {one.field}
              </strong>{' '}
              {one.message}
            </Text>
          ))}
        </Alert>
      ) : null}
      <Group justify="space-between">
        <Group gap="xs" aria-live="polite">
          <Badge variant="light" size="lg" radius="sm" tt="none">
            {t('save.changes', { count: changes.length })}
          </Badge>
          <Text size="sm" c="dimmed">
            {isChecking ? t('save.checking') : canSave ? t('save.valid') : ''}
          </Text>
        </Group>
        <Group gap="xs">
          <Button variant="default" onClick={() => dropDraft(base.file)}>
            {t('save.discard')}
          </Button>
          <Button disabled={!canSave} onClick={() => setOpen(true)}>
            {t('save.review')}
          </Button>
        </Group>
      </Group>
      <Modal
        opened={isOpen && !isStale}
        onClose={() => setOpen(false)}
        title={t('save.title', { file: base.file })}
        size="xl"
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Stack>
          <DiffView diff={check?.diff ?? ''} label={t('diff.label')} />
          <TextInput
            label={t('save.comment')}
            description={t('save.commentHelp')}
            maxLength={500}
            value={comment}
            onChange={({ currentTarget }) => setComment(currentTarget.value)}
            data-autofocus
          />
          {save.error === null || conflict !== undefined ? null : (
            <Alert color="red">{save.error.message}</Alert>
          )}
          <Group justify="end">
            <Button variant="default" onClick={() => setOpen(false)}>
              {t('save.back')}
            </Button>
            <Button loading={save.isPending} disabled={!canSave} onClick={() => save.mutate()}>
              {t('save.save')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Stack>
  );
}

export function conflictOf(error: Error | null): SettingsConflictView | undefined {
  if (!(error instanceof ApiError) || error.code !== 'conflict') return undefined;
  return error.body as SettingsConflictView;
}

/** Says what the running router made of a change. */
export function useRunningNote(): (saved: SavedView) => void {
  const { t } = useT('settings');
  return ({ running }) => {
    const waiting = running.needRestart.join(', ');
    const isRefused = running.state === 'refused';
    notifications.show({
      color: isRefused ? 'red' : waiting === '' ? 'green' : 'yellow',
      title: t('save.saved'),
      message: [
        t(`running.${running.state}`),
        waiting === '' ? '' : t('running.restart', { fields: waiting }),
        ...running.problems.slice(0, 2).map((one) => `${one.file}:${one.line} ${one.message}`),
      ].join(' '),
      styles: { description: { color: 'var(--mantine-color-text)' } },
      closeButtonProps: { 'aria-label': t('close') },
      autoClose: isRefused ? false : 6000,
    });
  };
}
