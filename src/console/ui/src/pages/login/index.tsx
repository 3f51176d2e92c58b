// Logging in with a name and a password, or at the identity provider where there is one.
import { Button, Divider, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../app/api.js';
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
