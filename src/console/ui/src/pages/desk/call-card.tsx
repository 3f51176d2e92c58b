// One call of the agent: who, from which queue, since when, and what came with it.
import { Button, Group, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { DeskCall } from '../../../../live/desk-state.js';
import { Duration, Since } from '../../app/components/figures.js';
import { CallsIcon, CheckIcon, WarningIcon } from '../../app/components/icons.js';
import { useT } from '../../app/i18n.js';
import { localTime } from './local-time.js';

export interface CallCardProps {
  readonly call: DeskCall;
  readonly isLive: boolean;
  readonly onDismiss: () => void;
  readonly isDismissing: boolean;
  readonly children: ReactNode;
}

export function CallCard({ call, isLive, onDismiss, isDismissing, children }: CallCardProps) {
  const { t } = useT('desk');
  return (
    <Paper
      component="section"
      className="desk-call"
      data-state={isLive ? call.state : 'last-known'}
      aria-labelledby="desk-call-title"
    >
      <Group justify="space-between" align="flex-start" gap="sm" wrap="nowrap">
        <div>
          <Title order={2} id="desk-call-title" className="desk-call-state">
            {call.state === 'over' ? (
              <CheckIcon size={18} />
            ) : isLive ? (
              <CallsIcon size={18} />
            ) : (
              <WarningIcon size={18} />
            )}
            {isLive ? t(`call.${call.state}`) : t('call.lastKnown', { state: t(`call.${call.state}`) })}
          </Title>
          <Text className="desk-caller tabular">{call.caller ?? t('call.noNumber')}</Text>
        </div>
        <Group gap="sm" wrap="nowrap" align="center">
          {isLive ? (
            <Text component="div" className="desk-timer" aria-label={t('call.timer')}>
              <Since at={localTime(call.since)} />
            </Text>
          ) : null}
          {call.state === 'over' ? (
            <Button variant="default" size="xs" loading={isDismissing} disabled={!isLive} onClick={onDismiss}>
              {t('call.dismiss')}
            </Button>
          ) : null}
        </Group>
      </Group>
      <dl className="desk-facts">
        <Fact name={t('call.queue')}>{`${call.queue} (${call.centre})`}</Fact>
        <Fact name={t('call.partner')}>{call.partnerName}</Fact>
        <Fact name={t('call.waited')}>
          <Waited call={call} isLive={isLive} />
        </Fact>
      </dl>
      {children}
    </Paper>
  );
}

function Waited({
  call: { waitedMs, joinedAt, state },
  isLive,
}: {
  readonly call: DeskCall;
  readonly isLive: boolean;
}) {
  const { t } = useT('desk');
  if (waitedMs !== undefined) return <Duration ms={waitedMs} />;
  if (state === 'ringing' && joinedAt !== undefined && isLive) return <Since at={localTime(joinedAt)} />;
  return t('call.unknown');
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
