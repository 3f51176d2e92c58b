// Quick switches: what holds offers or calls back now, and turning it, with what will happen said first.
import {
  Alert,
  Badge,
  Button,
  Group,
  Loader,
  Modal,
  NumberInput,
  Stack,
  Switch,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { SavedView, SwitchKind, SwitchView } from '../../../../settings/settings-view.js';
import { api } from '../../app/api.js';
import { useT } from '../../app/i18n.js';
import { useRunningNote } from './save-bar.js';

const groups: readonly { readonly id: string; readonly kinds: readonly SwitchKind[] }[] = [
  { id: 'everything', kinds: ['kill-all', 'diversion-cap'] },
  { id: 'partners', kinds: ['kill-partner'] },
  { id: 'offers', kinds: ['kill-offer'] },
  { id: 'drains', kinds: ['drain-centre', 'drain-queue', 'drain-program'] },
];

export interface SwitchesProps {
  /** False on the page that has the heading already. */
  readonly hasHeading?: boolean;
}

export function Switches({ hasHeading = true }: SwitchesProps) {
  const { t } = useT('settings');
  const { data, error } = useQuery({
    queryKey: ['settings', 'switches'],
    queryFn: ({ signal }) => api<{ switches: SwitchView[] }>('GET', '/switches', undefined, signal),
    refetchInterval: 10_000,
  });
  const [turning, setTurning] = useState<SwitchView>();
  const on = data?.switches.filter((one) => one.isOn) ?? [];
  return (
    <Stack>
      <div>
        {hasHeading ? (
          <Title order={2} size="h3">
            {t('sections.switches')}
          </Title>
        ) : null}
        <Text size="sm" c="dimmed">
          {t('about.switches')}
        </Text>
      </div>
      {error === null ? null : <Alert color="red">{error.message}</Alert>}
      {data === undefined && error === null ? <Loader aria-label={t('loading')} /> : null}
      {data === undefined ? null : (
        <Alert
          color={on.length === 0 ? 'gray' : 'orange'}
          title={on.length === 0 ? t('switches.noneOn') : t('switches.someOn', { count: on.length })}
          aria-live="polite"
        >
          {on.map((one) => (
            <Text size="sm" key={one.switch}>
              {t(`switches.state.${one.kind}`, { ...wordsOf(one) })}
            </Text>
          ))}
        </Alert>
      )}
      {groups.map(({ id, kinds }) => {
        const members = data?.switches.filter((one) => kinds.includes(one.kind)) ?? [];
        return members.length === 0 ? null : (
          <section key={id} aria-labelledby={`switches-${id}`}>
            <Title order={3} size="h5" id={`switches-${id}`} mb={4}>
              {t(`switches.groups.${id}`)}
            </Title>
            <Stack gap={0} className="settings-switches">
              {members.map((one) => (
                <Row key={one.switch} one={one} onTurn={() => setTurning(one)} />
              ))}
            </Stack>
          </section>
        );
      })}
      {turning === undefined ? null : (
        <TurnDialog key={turning.switch} one={turning} onClose={() => setTurning(undefined)} />
      )}
    </Stack>
  );
}

function wordsOf({ id, name, percent }: SwitchView): object {
  return { id, name: name === '' || name === id ? id : `${name} (${id})`, percent };
}

function Row({ one, onTurn }: { readonly one: SwitchView; readonly onTurn: () => void }) {
  const { t, language } = useT('settings');
  const name = t(`switches.name.${one.kind}`, { ...wordsOf(one) });
  return (
    <Group justify="space-between" wrap="nowrap" className="settings-switch">
      <div className="settings-grow">
        <Text size="sm" fw={500}>
          {name}
        </Text>
        {one.last === undefined ? null : (
          <Text size="xs" c="dimmed">
            {t('switches.last', {
              actor: one.last.actor,
              at: new Date(one.last.at).toLocaleString(language),
            })}
            {one.last.comment === '' ? '' : ` “${one.last.comment}”`}
          </Text>
        )}
      </div>
      <Badge variant={one.isOn ? 'filled' : 'default'} color="orange.9" radius="sm" tt="none">
        {one.kind === 'diversion-cap'
          ? `${one.percent ?? 100} %`
          : t(one.isOn ? `switches.on.${kindOf(one)}` : 'switches.off')}
      </Badge>
      {one.kind === 'diversion-cap' ? (
        <Button size="xs" variant="default" onClick={onTurn}>
          {t('switches.change')}
        </Button>
      ) : (
        <Switch size="md" color="orange.9" checked={one.isOn} onChange={onTurn} aria-label={name} />
      )}
    </Group>
  );
}

function kindOf({ kind }: SwitchView): 'kill' | 'drain' {
  return kind.startsWith('drain') ? 'drain' : 'kill';
}

function TurnDialog({ one, onClose }: { readonly one: SwitchView; readonly onClose: () => void }) {
  const { t } = useT('settings');
  const [comment, setComment] = useState('');
  const [percent, setPercent] = useState<number | string>(one.percent ?? 100);
  const queries = useQueryClient();
  const tellRunning = useRunningNote();
  const isCap = one.kind === 'diversion-cap';
  const turn = useMutation({
    mutationFn: () =>
      api<SavedView>('PUT', `/switches/${encodeURIComponent(one.switch)}`, {
        ...(isCap ? { percent: Number(percent) } : { isOn: !one.isOn }),
        comment,
      }),
    onSuccess: (saved) => {
      tellRunning(saved);
      onClose();
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['settings'] }),
  });
  const words = { ...wordsOf(one), percent: Number(percent) };
  const act = isCap ? 'cap' : one.isOn ? 'off' : 'on';
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`switches.name.${one.kind}`, words)}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Stack>
        {isCap ? (
          <NumberInput
            label={t('switches.capPercent')}
            min={0}
            max={100}
            suffix=" %"
            value={percent}
            onChange={setPercent}
            data-autofocus
          />
        ) : null}
        <Text>{t(`switches.will.${one.kind}.${act}`, words)}</Text>
        <TextInput
          label={t('save.comment')}
          maxLength={500}
          value={comment}
          onChange={({ currentTarget }) => setComment(currentTarget.value)}
        />
        {turn.error === null ? null : (
          <Alert color="red" role="alert">
            {turn.error.message}
          </Alert>
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {t('save.back')}
          </Button>
          <Button
            color={act === 'on' ? 'red.9' : 'blue'}
            loading={turn.isPending}
            disabled={isCap && (percent === '' || Number(percent) > 100)}
            onClick={() => turn.mutate()}
          >
            {t(`switches.do.${act}`)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
