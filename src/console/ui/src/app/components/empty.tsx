import { Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

export interface EmptyProps {
  /** What is not there: "No calls today". */
  readonly title: string;
  /** Why, or what to do. */
  readonly children?: ReactNode;
}

/** In place of a list that has nothing in it. */
export function Empty({ title, children }: EmptyProps) {
  return (
    <Stack align="center" gap={4} p="xl">
      <Text fw={600} fz="sm">
        {title}
      </Text>
      {children === undefined ? null : (
        <Text component="div" fz="sm" c="dimmed" ta="center" maw="60ch">
          {children}
        </Text>
      )}
    </Stack>
  );
}
