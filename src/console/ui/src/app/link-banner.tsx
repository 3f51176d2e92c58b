// Says on every page that what it shows is not live at the moment, unless the page says it itself.
import { Alert, Box } from '@mantine/core';
import { useLocation } from 'wouter';
import { WarningIcon } from './components/icons.js';
import { useT } from './i18n.js';
import { useLinkState } from './live.js';

/** The desk says since when, and what can be done all the same. */
const desk = '/desk';

export function LinkBanner() {
  const { t } = useT('app');
  const state = useLinkState();
  const [location] = useLocation();
  if (location === desk) return null;
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
