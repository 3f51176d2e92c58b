// Making a retired generation current, once its partner and number are typed.
import { Alert, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { GenerationView, PublicationView } from '../../../../generations/generations-view.js';
import { api } from '../../app/api.js';
import { Failure } from '../../app/components/failure.js';
import { WarningIcon } from '../../app/components/icons.js';
import { useT } from '../../app/i18n.js';

export interface PublishDialogProps {
  /** Undefined: closed. */
  readonly generation: GenerationView | undefined;
  readonly current: GenerationView | undefined;
  readonly onClose: () => void;
}

export function PublishDialog({ generation, current, onClose }: PublishDialogProps) {
  const { t } = useT('generations');
  return (
    <Modal
      opened={generation !== undefined}
      onClose={onClose}
      title={t('dialog.title', { number: generation?.generation ?? '', partner: generation?.partner ?? '' })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {generation === undefined ? null : (
        <Form key={generation.generation} generation={generation} current={current} onClose={onClose} />
      )}
    </Modal>
  );
}

function Form({
  generation,
  current,
  onClose,
}: PublishDialogProps & { readonly generation: GenerationView }) {
  const { t } = useT('generations');
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const { partner, generation: number } = generation;
  const confirmation = `${partner} ${number}`;
  const publish = useMutation({
    mutationFn: () =>
      api<PublicationView>('POST', `/generations/${partner}/${number}/publish`, { confirmation: typed }),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: ['generations'], exact: true }),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        publish.mutate();
      }}
    >
      <Stack gap="sm">
        <Text fz="sm">
          {t('dialog.text', { number, partner, current: current?.generation ?? t('dialog.none') })}
        </Text>
        {generation.isOutdated ? (
          <Alert color="yellow" icon={<WarningIcon />}>
            {t('dialog.outdated')}
          </Alert>
        ) : null}
        <TextInput
          label={t('dialog.type', { confirmation })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        {publish.error === null ? null : <Failure error={publish.error} title={t('dialog.failed')} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button type="submit" color="red" disabled={typed !== confirmation} loading={publish.isPending}>
            {t('dialog.publish')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
