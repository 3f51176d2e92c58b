// Around what is shown to people who are not in yet.
import { Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Mark } from '../../app/components/icons.js';
import { useT } from '../../app/i18n.js';
import { Arrival } from '../../app/place.js';
import { LanguageMenu, SchemeMenu } from '../../app/preferences.js';

export interface LogInFrameProps {
  readonly title: string;
  readonly about?: string;
  readonly children: ReactNode;
}

export function LogInFrame({ title, about, children }: LogInFrameProps) {
  const { t } = useT('login');
  return (
    <Center component="main" mih="100vh" p="md">
      <Stack w="100%" maw={380} gap="lg">
        <Group justify="space-between">
          <Group gap={10}>
            <Mark size={32} />
            <Text fw={700} fz="xl">
              {t('product')}
            </Text>
          </Group>
          <Group gap={2}>
            <LanguageMenu />
            <SchemeMenu />
          </Group>
        </Group>
        <Paper p="lg" shadow="xs" radius="md">
          <Title order={1} mb={about === undefined ? 'md' : 4}>
            {title}
          </Title>
          {about === undefined ? null : (
            <Text fz="sm" c="dimmed" mb="md">
              {about}
            </Text>
          )}
          {children}
        </Paper>
        <Text fz="xs" c="dimmed" ta="center">
          {t('about')}
        </Text>
      </Stack>
      <Arrival product={t('product')} />
    </Center>
  );
}
