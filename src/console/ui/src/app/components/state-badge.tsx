import { Badge } from '@mantine/core';
import { CheckIcon, CrossIcon, DotIcon, PauseIcon, WarningIcon } from './icons.js';

const kinds = {
  good: { color: 'green', Icon: CheckIcon },
  warning: { color: 'yellow', Icon: WarningIcon },
  bad: { color: 'red', Icon: CrossIcon },
  busy: { color: 'blue', Icon: DotIcon },
  idle: { color: 'gray', Icon: PauseIcon },
} as const;

export type StateKind = keyof typeof kinds;

export interface StateBadgeProps {
  readonly kind: StateKind;
  /** The word: the colour and the icon alone tell nothing. */
  readonly children: string;
}

/** A state as an icon, a word and a colour. */
export function StateBadge({ kind, children }: StateBadgeProps) {
  const { color, Icon } = kinds[kind];
  return (
    <Badge color={color} variant="light" leftSection={<Icon size={12} />}>
      {children}
    </Badge>
  );
}
