import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

export interface PageTitleProps {
  /** The heading: text alone, since it names the document, too. */
  readonly children: string;
  /** A line below it. */
  readonly about?: ReactNode;
  /** Buttons at its end. */
  readonly actions?: ReactNode;
}

/** The one h1 of a page. */
export function PageTitle({ children, about, actions }: PageTitleProps) {
  return (
    <Group justify="space-between" align="flex-start" gap="sm" mb="md">
      <Stack gap={2}>
        <Title order={1} tabIndex={-1}>
          {children}
        </Title>
        {about === undefined ? null : (
          <Text c="dimmed" fz="sm" maw="75ch">
            {about}
          </Text>
        )}
      </Stack>
      {actions === undefined ? null : <Group gap="xs">{actions}</Group>}
    </Group>
  );
}
