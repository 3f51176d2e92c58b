// Says on every page that what it shows is not live at the moment.
import { Alert, Box } from '@mantine/core';
import { WarningIcon } from './components/icons.js';
import { useT } from './i18n.js';

export type LinkState = 'live' | 'connecting' | 'down';

export function LinkBanner({ state }: { readonly state: LinkState }) {
  const { t } = useT('app');
  return (
    <Box role="status" aria-live="polite">
      {state === 'down' ? (
        <Alert color="yellow" variant="light" icon={<WarningIcon />} mb="md" title={t('link.title')}>
          {t('link.text')}
        </Alert>
      ) : null}
    </Box>
  );
}
