// Where there are several calls: the one that is talked with, and those that are over and wait for their disposition.
import { Button, Group } from '@mantine/core';
import type { DeskCall } from '../../../../live/desk-state.js';
import { useT } from '../../app/i18n.js';

export interface CallTabsProps {
  readonly calls: readonly DeskCall[];
  readonly isLive: boolean;
  readonly shown: string | undefined;
  readonly onShow: (decisionId: string) => void;
}

export function CallTabs({ calls, isLive, shown, onShow }: CallTabsProps) {
  const { t } = useT('desk');
  if (calls.length < 2) return null;
  const word = ({ state, isStale }: DeskCall) => {
    const known = t(`call.${state}`);
    return isLive && !isStale ? known : t('call.lastKnown', { state: known });
  };
  return (
    <Group gap="xs" role="group" aria-label={t('calls.label')}>
      {calls.map((call) => {
        const { decisionId, state, queue, caller } = call;
        return (
          <Button
            key={decisionId}
            size="compact-md"
            variant={decisionId === shown ? 'light' : state === 'over' || !isLive ? 'default' : 'filled'}
            aria-pressed={decisionId === shown}
            onClick={() => onShow(decisionId)}
          >
            {t('calls.one', { state: word(call), queue, caller: caller ?? t('call.noNumber') })}
          </Button>
        );
      })}
    </Group>
  );
}
