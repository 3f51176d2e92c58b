import { Group, Paper, Text, Title } from '@mantine/core';
import { useId } from 'react';
import type { ReactNode } from 'react';

export interface PanelProps {
  readonly title: string;
  /** What the figures mean. */
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** One part of a page, with a heading that names it. */
export function Panel({ title, about, actions, children }: PanelProps) {
  const id = useId();
  return (
    <Paper component="section" aria-labelledby={id} p="sm" miw={0}>
      <Group justify="space-between" align="center" gap="xs" mb={6}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {actions}
      </Group>
      {children}
      {about === undefined ? null : (
        <Text component="div" fz="xs" c="dimmed" mt={8} maw="110ch">
          {about}
        </Text>
      )}
    </Paper>
  );
}
