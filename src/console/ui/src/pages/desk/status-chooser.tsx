// The agent's status: what is chosen here goes to the centre, and what the centre says of it comes back.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { DeskAgent } from '../../../../live/desk-state.js';
import { api } from '../../app/api.js';
import { useNow } from '../../app/clock.js';
import { CheckIcon, CrossIcon, PauseIcon } from '../../app/components/icons.js';
import { useErrorText } from '../../app/components/failure.js';
import { useT } from '../../app/i18n.js';
import { useShortcuts } from '../../app/shortcuts.js';
import { localTime } from './local-time.js';

const statuses = [
  { status: 'Available', key: 'a', color: 'green', Icon: CheckIcon },
  { status: 'On Break', key: 'b', color: 'yellow', Icon: PauseIcon },
  { status: 'Logged Out', key: undefined, color: 'gray', Icon: CrossIcon },
] as const;

export function StatusChooser({
  agents,
  isLive,
}: {
  readonly agents: readonly DeskAgent[];
  readonly isLive: boolean;
}) {
  const { t } = useT('desk');
  const { mutate, error, variables } = useMutation({
    mutationFn: (status: string) => api('PUT', '/desk/status', { status }),
  });
  const errorText = useErrorText();
  const hasAgents = agents.length > 0;
  useShortcuts(
    hasAgents
      ? statuses.flatMap(({ status, key }) =>
          key === undefined
            ? []
            : [{ key, label: t('status.key', { status: t(`status.${status}`) }), run: () => mutate(status) }],
        )
      : [],
  );
  if (!hasAgents) return <Text fz="sm">{isLive ? t('status.noAgent') : t('status.unknownYet')}</Text>;
  const now = new Set(agents.map(({ status }) => status));
  const [common] = now.size === 1 ? now : [];
  return (
    <Stack gap={4} align="flex-end" className="desk-status">
      <div role="group" aria-label={t('status.label')}>
        <Button.Group>
          {statuses.map(({ status, key, color, Icon }) => (
            <Button
              key={status}
              size="sm"
              variant={isLive && common === status ? 'light' : 'default'}
              color={color}
              aria-pressed={isLive && common === status}
              aria-keyshortcuts={key}
              leftSection={<Icon size={14} />}
              onClick={() => mutate(status)}
            >
              {t(`status.${status}`)}
            </Button>
          ))}
        </Button.Group>
      </div>
      <Stack gap={0} role="status" align="flex-end">
        {agents.map((agent) => (
          <AgentLine
            key={`${agent.centre}/${agent.agent}`}
            agent={agent}
            isLive={isLive}
            isAlone={agents.length === 1}
          />
        ))}
        {error === null ? null : (
          <Text fz="xs" c="red">
            {t('status.failed', { status: t(`status.${variables}`), message: errorText(error) })}
          </Text>
        )}
      </Stack>
    </Stack>
  );
}

interface AgentLineProps {
  readonly agent: DeskAgent;
  readonly isLive: boolean;
  readonly isAlone: boolean;
}

function AgentLine({ agent: { centre, agent, status, state, change }, isLive, isAlone }: AgentLineProps) {
  const { t } = useT('desk');
  const word = (name: string) => t(`status.${name}`, { defaultValue: name });
  const who = isAlone ? centre : `${agent}, ${centre}`;
  const says =
    !isLive || status === undefined
      ? t('status.unknown', { who })
      : t('status.is', {
          who,
          status: word(status),
          state: t(`states.${state ?? ''}`, { defaultValue: state ?? '' }),
        });
  return (
    <Group gap={6} justify="flex-end">
      <Text fz="xs" c="dimmed">
        {says}
      </Text>
      {change?.kind === 'pending' ? (
        <Text fz="xs" fw={600}>
          {t('status.pending', { status: word(change.status) })} <Seconds since={localTime(change.since)} />
        </Text>
      ) : null}
      {change?.kind === 'refused' ? (
        <Text fz="xs" fw={600} c="red">
          {t('status.refused', { status: word(change.status), message: change.message })}
        </Text>
      ) : null}
    </Group>
  );
}

/** Counts for the eye alone: read out each second it would be noise. */
function Seconds({ since }: { readonly since: number }) {
  const now = useNow();
  return (
    <span aria-hidden className="tabular">
      {Math.max(0, Math.round((now - since) / 1000))} s
    </span>
  );
}
