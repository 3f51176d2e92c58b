// A new password for the person who is logged in: as a dialog, and as the page that a one-time password leads to.
import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError, api } from './api.js';
import { useErrorText } from './components/failure.js';
import { useT } from './i18n.js';
import { useSession } from './session.js';

export interface ChangePasswordFormProps {
  readonly onDone: () => void;
  readonly onCancel: () => void;
  /** Default: cancel. */
  readonly cancelLabel?: string;
}

export function ChangePasswordForm({ onDone, onCancel, cancelLabel }: ChangePasswordFormProps) {
  const { t } = useT('app');
  const { agent } = useSession();
  const text = useErrorText();
  const [given, setGiven] = useState({ current: '', next: '', again: '' });
  const [isTwoWays, setTwoWays] = useState(false);
  const change = useMutation({
    mutationFn: () => api('PUT', '/session/password', { current: given.current, next: given.next }),
    onSuccess: onDone,
  });
  const code = change.error instanceof ApiError ? change.error.code : undefined;
  const field = (name: keyof typeof given) => ({
    label: t(`password.${name}`),
    value: given[name],
    onChange: (event: { currentTarget: { value: string } }) =>
      setGiven({ ...given, [name]: event.currentTarget.value }),
    required: true,
    visibilityToggleFocusable: true,
    visibilityToggleButtonProps: { 'aria-label': t('password.show') },
  });
  const problems = {
    current: code === 'wrong-password' ? t('password.wrong') : undefined,
    next: change.error === null || code === 'wrong-password' || isTwoWays ? undefined : text(change.error),
    again: isTwoWays ? t('password.twoWays') : undefined,
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        setTwoWays(given.next !== given.again);
        if (given.next === given.again) change.mutate();
      }}
    >
      <Stack gap="sm">
        <input type="text" name="username" autoComplete="username" value={agent} readOnly hidden />
        <PasswordInput
          {...field('current')}
          autoComplete="current-password"
          error={problems.current}
          data-autofocus
        />
        <PasswordInput
          {...field('next')}
          autoComplete="new-password"
          description={t('password.hint')}
          error={problems.next}
        />
        <PasswordInput {...field('again')} autoComplete="new-password" error={problems.again} />
        <Group justify="flex-end" gap="xs" mt="xs">
          <Button variant="default" onClick={onCancel}>
            {cancelLabel ?? t('cancel')}
          </Button>
          <Button type="submit" loading={change.isPending}>
            {t('password.change')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export interface ChangePasswordDialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function ChangePasswordDialog({ isOpen, onClose }: ChangePasswordDialogProps) {
  const { t } = useT('app');
  return (
    <Modal opened={isOpen} onClose={onClose} title={t('person.changePassword')}>
      <ChangePasswordForm
        onCancel={onClose}
        onDone={() => {
          onClose();
          notifications.show({ message: t('password.done') });
        }}
      />
    </Modal>
  );
}
