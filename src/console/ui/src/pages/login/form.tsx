import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { KeyboardEvent } from 'react';
import type { SessionView } from '../../../../access/session-view.js';
import { ApiError, api } from '../../app/api.js';
import { useNow } from '../../app/clock.js';
import { useErrorText } from '../../app/components/failure.js';
import { WarningIcon } from '../../app/components/icons.js';
import { clockText } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { beginSession } from '../../app/session.js';

export function LogInForm() {
  const { t } = useT('login');
  const queries = useQueryClient();
  const [agent, setAgent] = useState('');
  const [password, setPassword] = useState('');
  const [hasCapsLock, setCapsLock] = useState(false);
  /** Epoch ms from which on it may be tried again. */
  const [closedUntil, setClosedUntil] = useState(0);
  const logIn = useMutation({
    mutationFn: () => api<SessionView>('POST', '/session', { agent: agent.trim(), password }),
    onSuccess: (session) => beginSession(queries, session),
    onError: (error) => {
      setPassword('');
      if (error instanceof ApiError && error.status === 429)
        setClosedUntil(Date.now() + (error.retryAfterSeconds ?? 1) * 1000);
    },
  });
  const noteCapsLock = (event: KeyboardEvent) => setCapsLock(event.getModifierState('CapsLock'));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        logIn.mutate();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label={t('agent')}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          value={agent}
          onChange={(event) => setAgent(event.currentTarget.value)}
          required
          withAsterisk={false}
        />
        <PasswordInput
          label={t('password')}
          name="password"
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          onKeyDown={noteCapsLock}
          onKeyUp={noteCapsLock}
          required
          withAsterisk={false}
          visibilityToggleFocusable
          visibilityToggleButtonProps={{ 'aria-label': t('show') }}
        />
        <Text role="status" fz="xs" c="dimmed" hidden={!hasCapsLock}>
          {hasCapsLock ? t('capsLock') : ''}
        </Text>
        <Refusal error={logIn.error} closedUntil={closedUntil} />
        <Button type="submit" loading={logIn.isPending} fullWidth mt={4}>
          {t('title')}
        </Button>
      </Stack>
    </form>
  );
}

interface RefusalProps {
  readonly error: Error | null;
  readonly closedUntil: number;
}

/** Why it did not work; after too many tries with the time that is left. */
function Refusal({ error, closedUntil }: RefusalProps) {
  const { t } = useT('login');
  const text = useErrorText();
  const now = useNow();
  if (error === null) return null;
  const code = error instanceof ApiError ? error.code : undefined;
  const left = closedUntil - now;
  const isThrottled = code === 'too-many-tries' || (error instanceof ApiError && error.status === 429);
  const words = () => {
    if (code === 'wrong-login') return t('wrong');
    if (isThrottled) return left > 0 ? t('throttled') : t('again');
    return text(error);
  };
  return (
    <Alert role="alert" color={isThrottled ? 'yellow' : 'red'} variant="light" icon={<WarningIcon />} p="sm">
      {words()}
      {isThrottled && left > 0 ? (
        // Counting is not for those who listen: they hear it once.
        <span aria-hidden className="tabular">
          {' '}
          {clockText(left + 999)}
        </span>
      ) : null}
    </Alert>
  );
}
