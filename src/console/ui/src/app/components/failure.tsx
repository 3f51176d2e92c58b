import { Alert, Button, Group, Text } from '@mantine/core';
import { ApiError } from '../api.js';
import { useT } from '../i18n.js';
import { WarningIcon } from './icons.js';

/** What an error says to people: words of ours for what everybody meets, those of the API for the rest. */
export function useErrorText(): (error: unknown) => string {
  const { t } = useT('app');
  return (error) => {
    if (!(error instanceof ApiError)) return t('failure.inside');
    switch (error.status) {
      case 0:
        return t('failure.network');
      case 403:
        return error.code === 'csrf' ? t('failure.csrf') : t('failure.forbidden');
      case 429:
        return t('failure.tooMany', { count: error.retryAfterSeconds ?? 1 });
      case 503:
        return t('failure.unavailable', { message: error.message });
      default:
        return error.status >= 500 ? t('failure.inside') : error.message;
    }
  };
}

export interface FailureProps {
  readonly error: unknown;
  /** Offers to try again. */
  readonly onRetry?: () => void;
  /** What failed, such as "The people could not be read". */
  readonly title?: string;
}

/** Says what went wrong, in its place. */
export function Failure({ error, onRetry, title }: FailureProps) {
  const { t } = useT('app');
  const text = useErrorText();
  return (
    <Alert
      role="alert"
      color="red"
      variant="light"
      icon={<WarningIcon />}
      title={title ?? t('failure.title')}
    >
      <Group justify="space-between" gap="sm">
        <Text fz="sm">{text(error)}</Text>
        {onRetry === undefined ? null : (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t('failure.retry')}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
