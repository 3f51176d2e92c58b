// Logging in with a name and a password, or at the identity provider where there is one.
import { Alert, Button, Divider, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../app/api.js';
import { WarningIcon } from '../../app/components/icons.js';
import { useT } from '../../app/i18n.js';
import { keepPlace } from '../../app/landing.js';
import { LogInForm } from './form.js';
import { LogInFrame } from './frame.js';

interface Providers {
  readonly oidc: { readonly name: string; readonly url: string } | null;
}

export default function Page() {
  const { t } = useT('login');
  const { data } = useQuery({
    queryKey: ['session-providers'],
    queryFn: ({ signal }) => api<Providers>('GET', '/session/providers', undefined, signal),
    staleTime: Infinity,
  });
  const oidc = data?.oidc ?? undefined;
  return (
    <LogInFrame title={t('title')}>
      <Stack gap="md">
        <Returned name={oidc?.name} />
        <LogInForm />
        {oidc === undefined ? null : (
          <>
            <Divider label={t('or')} />
            <Button component="a" href={oidc.url} variant="default" fullWidth onClick={keepPlace}>
              {t('with', { name: oidc.name })}
            </Button>
          </>
        )}
      </Stack>
    </LogInFrame>
  );
}

const reasons: ReadonlySet<string> = new Set([
  'unknown-person',
  'no-name',
  'refused',
  'expired',
  'provider-unavailable',
  'records-unavailable',
]);

/** Why somebody has come back from the provider without being logged in: `/?login=CODE`. */
function Returned({ name }: { readonly name: string | undefined }) {
  const { t } = useT('login');
  const [code] = useState(() => new URLSearchParams(location.search).get('login'));
  if (code === null) return null;
  return (
    <Alert role="alert" color="red" variant="light" icon={<WarningIcon />} p="sm" title={t('returned.title')}>
      {t(`returned.${reasons.has(code) ? code : 'other'}`, { name: name ?? t('returned.provider') })}
    </Alert>
  );
}
