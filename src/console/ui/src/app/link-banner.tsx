// Says on every page that what it shows is not live at the moment.
import { Alert, Box } from '@mantine/core';
import { WarningIcon } from './components/icons.js';
import { useT } from './i18n.js';
import * as live from './live.js';

type LinkState = 'live' | 'connecting' | 'down';

const parts: { readonly useLinkState?: () => LinkState } = { ...(live as object) };
/** Without a live link nothing is down. */
const useLinkState = parts.useLinkState ?? ((): LinkState => 'live');

export function LinkBanner() {
  const { t } = useT('app');
  const state = useLinkState();
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
