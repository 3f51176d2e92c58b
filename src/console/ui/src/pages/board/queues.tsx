// Queues and IVR programs, those first where callers wait.
import { Group, Table, Text } from '@mantine/core';
import type { BoardQueue } from '../../../../live/board-state.js';
import { Empty } from '../../app/components/empty.js';
import { Count, Duration, Percent } from '../../app/components/figures.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { useT } from '../../app/i18n.js';
import { AgentBar } from './agent-bar.js';
import { Panel } from './panel.js';

export function Queues({ queues }: { readonly queues: readonly BoardQueue[] }) {
  const { t } = useT('board');
  const rows = queues.toSorted(
    (a, b) =>
      Number(a.kind === 'ivr') - Number(b.kind === 'ivr') ||
      (b.waiting ?? 0) - (a.waiting ?? 0) ||
      (b.longestWaitMs ?? 0) - (a.longestWaitMs ?? 0),
  );
  return (
    <Panel
      title={t('queues.title')}
      about={
        <>
          <div>{t('queues.formula')}</div>
          <div>{t('queues.expectedFormula')}</div>
        </>
      }
    >
      {rows.length === 0 ? (
        <Empty title={t('queues.none')} />
      ) : (
        <ScrollTable label={t('queues.title')} minWidth={760}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('queues.queue')}</Table.Th>
              <Table.Th className="board-number">{t('queues.waiting')}</Table.Th>
              <Table.Th className="board-number">{t('queues.longest')}</Table.Th>
              <Table.Th className="board-number">{t('queues.expected')}</Table.Th>
              <Table.Th miw={220}>{t('queues.agents')}</Table.Th>
              <Table.Th className="board-number">{t('queues.serviceLevel')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((queue) => (
              <QueueRow key={queue.destination} queue={queue} />
            ))}
          </Table.Tbody>
        </ScrollTable>
      )}
    </Panel>
  );
}

function QueueRow({ queue }: { readonly queue: BoardQueue }) {
  const { t } = useT('board');
  const { destination, kind, waiting, longestWaitMs, expectedWaitSeconds, serviceLevel } = queue;
  const { agentsByState, servers, freeServers, serviceLevelSeconds } = queue;
  const isWaiting = (waiting ?? 0) > 0;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={550} miw={170}>
        <Group gap={6}>
          {destination}
          {queue.isDraining ? <StateBadge kind="idle">{t('queues.draining')}</StateBadge> : null}
          {queue.isStuck ? <StateBadge kind="bad">{t('queues.stuck')}</StateBadge> : null}
        </Group>
      </Table.Th>
      <Table.Td className="board-number" fw={isWaiting ? 700 : 400} fz={isWaiting ? 'md' : 'sm'}>
        <Count value={kind === 'ivr' ? undefined : waiting} />
      </Table.Td>
      <Table.Td className="board-number">
        <Duration ms={isWaiting ? longestWaitMs : undefined} />
      </Table.Td>
      <Table.Td className="board-number">
        {expectedWaitSeconds === null ? (
          t('queues.nobodyServes')
        ) : (
          <Duration ms={expectedWaitSeconds === undefined ? undefined : expectedWaitSeconds * 1000} />
        )}
      </Table.Td>
      <Table.Td>
        {kind === 'queue' ? (
          <AgentBar counts={agentsByState} />
        ) : (
          <Text span fz="xs" className="tabular">
            {freeServers === undefined || servers === undefined
              ? t('queues.notKnown')
              : t('queues.ports', { free: freeServers, all: servers })}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="board-number">
        <Percent share={serviceLevel} />
        {serviceLevelSeconds === undefined ? null : (
          <Text fz="xs" c="dimmed">
            {t('queues.within', { seconds: serviceLevelSeconds })}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
