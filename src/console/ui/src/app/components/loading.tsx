import { Group, Loader, Text } from '@mantine/core';
import { useT } from '../i18n.js';

/** @param what is being read, such as "the calls of today"; default: no more than that something is */
export function Loading({ what }: { readonly what?: string }) {
  const { t } = useT('app');
  return (
    <Group role="status" gap="sm" p="md">
      <Loader size="xs" aria-hidden />
      <Text fz="sm" c="dimmed">
        {what === undefined ? t('loading') : t('loadingWhat', { what })}
      </Text>
    </Group>
  );
}
