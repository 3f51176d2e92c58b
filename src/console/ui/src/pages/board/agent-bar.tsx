// Agents by state as one small bar, with the numbers beside it.
import { Group, Text } from '@mantine/core';
import type { BoardAgentState } from '../../../../live/board-state.js';
import { useT } from '../../app/i18n.js';

export const agentStates: readonly BoardAgentState[] = [
  'talking',
  'ringing',
  'wrapping-up',
  'free',
  'on-break',
  'logged-out',
  'unknown',
];

export interface AgentBarProps {
  readonly counts: Readonly<Partial<Record<BoardAgentState, number>>> | undefined;
}

export function AgentBar({ counts }: AgentBarProps) {
  const { t } = useT('board');
  if (counts === undefined) {
    return (
      <Text span fz="xs" c="dimmed">
        {t('queues.notKnown')}
      </Text>
    );
  }
  const parts = agentStates.flatMap((state) => {
    const count = counts[state] ?? 0;
    return count === 0 ? [] : [{ state, count }];
  });
  if (parts.length === 0) {
    return (
      <Text span fz="xs" c="dimmed">
        {t('queues.noAgents')}
      </Text>
    );
  }
  return (
    <div>
      <div className="board-bar" aria-hidden>
        {parts.map(({ state, count }) => (
          <span key={state} className={`state-${state}`} style={{ flexGrow: count }} />
        ))}
      </div>
      <Group gap="0 10" mt={2}>
        {parts.map(({ state, count }) => (
          <Text key={state} span fz="xs" className="tabular">
            <span className={`board-key state-${state}`} aria-hidden />
            {count} {t(`states.${state}`)}
          </Text>
        ))}
      </Group>
    </div>
  );
}
