// Sends the call to another queue or to a presentation, with its data; asks once before it does.
import { Alert, Button, Group, Modal, NativeSelect, Paper, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { OfferForCaller } from '../../../../desk/desk-view.js';
import type { DeskCall } from '../../../../live/desk-state.js';
import { api, ApiError } from '../../app/api.js';
import { useErrorText } from '../../app/components/failure.js';
import { useT } from '../../app/i18n.js';
import { useOtherOffers, useQueues } from './desk-data.js';
import type { QueueChoice } from './desk-data.js';

type Target = { readonly queue: string } | { readonly offer: string; readonly presentation: string };

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly target: Target;
  readonly isPossible: boolean;
}

export function SendElsewhere({ call, isLive }: { readonly call: DeskCall; readonly isLive: boolean }) {
  const { t } = useT('desk');
  const text = useErrorText();
  const isTalking = call.state === 'talking';
  const queues = useQueues(isTalking);
  const others = useOtherOffers(call, isTalking);
  const [value, choose] = useState('');
  const [isAsking, ask] = useState(false);
  const route = useMutation({
    mutationFn: ({ target }: Choice) =>
      api('POST', `/calls/${encodeURIComponent(call.decisionId)}/route`, target),
    onSettled: () => ask(false),
  });
  if (!isTalking) return null;
  const toQueues = queueChoices(queues.data ?? [], call);
  const toPresentations = presentationChoices(others.data ?? []);
  const chosen = [...toQueues, ...toPresentations].find((one) => one.value === value);
  const option = ({ value: of, label, isPossible }: Choice) => (
    <option key={of} value={of} disabled={!isPossible}>
      {label}
    </option>
  );
  return (
    <Paper component="section" aria-labelledby="desk-send">
      <Title order={2} id="desk-send" mb="xs">
        {t('send.title')}
      </Title>
      <Group align="flex-end" gap="xs">
        <NativeSelect
          label={t('send.to')}
          description={t('send.about')}
          size="sm"
          className="desk-send-to"
          value={value}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          <option value="">{t('send.choose')}</option>
          <optgroup label={t('send.queues')}>{toQueues.map(option)}</optgroup>
          <optgroup label={t('send.presentations')}>{toPresentations.map(option)}</optgroup>
        </NativeSelect>
        <Button
          size="sm"
          variant="default"
          disabled={chosen === undefined || !isLive}
          onClick={() => ask(true)}
        >
          {t('send.send')}
        </Button>
      </Group>
      <div role="status">
        {route.isSuccess ? (
          <Alert color="green" variant="light" mt="xs" p="xs">
            {t('send.done', { to: route.variables.label })}
          </Alert>
        ) : null}
        {route.error === null ? null : (
          <Alert color="red" variant="light" mt="xs" p="xs">
            {t('send.failed', {
              message:
                route.error instanceof ApiError
                  ? t(`refusals.${route.error.code}`, { defaultValue: text(route.error) })
                  : text(route.error),
            })}
          </Alert>
        )}
      </div>
      <Modal
        opened={isAsking}
        onClose={() => ask(false)}
        title={t('send.sure')}
        closeButtonProps={{ 'aria-label': t('send.keep') }}
      >
        <Text fz="sm" mb="md">
          {t('send.explain', { to: chosen?.label ?? '' })}
        </Text>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => ask(false)} data-autofocus>
            {t('send.keep')}
          </Button>
          <Button
            loading={route.isPending}
            disabled={!isLive}
            onClick={() => chosen !== undefined && route.mutate(chosen)}
          >
            {t('send.confirm')}
          </Button>
        </Group>
      </Modal>
    </Paper>
  );
}

function queueChoices(queues: readonly QueueChoice[], call: DeskCall): readonly Choice[] {
  return queues
    .filter(({ kind, destination }) => kind === 'queue' && destination !== `${call.centre}/${call.queue}`)
    .map(({ destination, isDraining }) => ({
      value: `queue ${destination}`,
      label: destination,
      target: { queue: destination },
      isPossible: !isDraining,
    }));
}

function presentationChoices(others: readonly OfferForCaller[]): readonly Choice[] {
  return others.flatMap(({ offer, name, isAllowed, presentations }) =>
    isAllowed
      ? presentations.map(({ presentation, isReachable, why }) => ({
          value: `offer ${offer} ${presentation}`,
          label: `${name}: ${presentation}${isReachable || why === '' ? '' : ` (${why})`}`,
          target: { offer, presentation },
          isPossible: isReachable,
        }))
      : [],
  );
}
