// Where there are several calls: the one that is talked with, and those that are over and wait for their disposition.
import { Button, Group } from '@mantine/core';
import type { DeskCall } from '../../../../live/desk-state.js';
import { useT } from '../../app/i18n.js';

export interface CallTabsProps {
  readonly calls: readonly DeskCall[];
  readonly shown: string | undefined;
  readonly onShow: (decisionId: string) => void;
}

export function CallTabs({ calls, shown, onShow }: CallTabsProps) {
  const { t } = useT('desk');
  if (calls.length < 2) return null;
  return (
    <Group gap="xs" role="group" aria-label={t('calls.label')}>
      {calls.map(({ decisionId, state, queue, caller }) => (
        <Button
          key={decisionId}
          size="compact-md"
          variant={decisionId === shown ? 'light' : state === 'over' ? 'default' : 'filled'}
          aria-pressed={decisionId === shown}
          onClick={() => onShow(decisionId)}
        >
          {t('calls.one', { state: t(`call.${state}`), queue, caller: caller ?? t('call.noNumber') })}
        </Button>
      ))}
    </Group>
  );
}
