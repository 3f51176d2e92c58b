// Agents of the centres: filtered by name or queue and by state, sorted by a column.
import { Anchor, Button, Group, NativeSelect, Table, Text, TextInput, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { BoardAgent, BoardAgentState } from '../../../../live/board-state.js';
import { Empty } from '../../app/components/empty.js';
import { Duration } from '../../app/components/figures.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { agentStates } from './agent-bar.js';
import { Panel } from './panel.js';

type Column = 'agent' | 'state' | 'time';
interface Order {
  readonly column: Column;
  readonly isDown: boolean;
}

const shown = 50;

const compare: Readonly<Record<Column, (a: BoardAgent, b: BoardAgent) => number>> = {
  agent: (a, b) => a.agent.localeCompare(b.agent) || a.centre.localeCompare(b.centre),
  state: (a, b) => agentStates.indexOf(a.shownAs) - agentStates.indexOf(b.shownAs) || b.sinceMs - a.sinceMs,
  time: (a, b) => a.sinceMs - b.sinceMs,
};

export function Agents({ agents }: { readonly agents: readonly BoardAgent[] }) {
  const { t } = useT('board');
  const { count } = useFormat();
  const [text, setText] = useState('');
  const [state, setState] = useState<BoardAgentState | ''>('');
  const [order, setOrder] = useState<Order>({ column: 'state', isDown: false });
  const [isAll, setIsAll] = useState(false);
  const found = agents.filter(
    (one) =>
      (state === '' || one.shownAs === state) &&
      [one.agent, one.centre, ...one.queues].some((word) => word.toLowerCase().includes(text.toLowerCase())),
  );
  const sorted = found.toSorted((a, b) => compare[order.column](a, b) * (order.isDown ? -1 : 1));
  const rows = isAll ? sorted : sorted.slice(0, shown);
  return (
    <Panel
      title={t('agents.title')}
      actions={
        <Group gap="xs">
          <TextInput
            size="xs"
            aria-label={t('agents.filter')}
            placeholder={t('agents.filter')}
            value={text}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <NativeSelect
            size="xs"
            aria-label={t('agents.stateFilter')}
            value={state}
            onChange={({ currentTarget }) => setState(currentTarget.value as BoardAgentState | '')}
            data={[
              { value: '', label: t('agents.allStates') },
              ...agentStates.map((one) => ({ value: one, label: t(`state.${one}`) })),
            ]}
          />
        </Group>
      }
    >
      {rows.length === 0 ? (
        <Empty title={agents.length === 0 ? t('agents.none') : t('agents.noneFound')} />
      ) : (
        <>
          <ScrollTable label={t('agents.title')} minWidth={560}>
            <Table.Thead>
              <Table.Tr>
                <Sorted column="agent" order={order} onSort={setOrder} />
                <Sorted column="state" order={order} onSort={setOrder} />
                <Sorted column="time" order={order} onSort={setOrder} isNumber />
                <Table.Th>{t('agents.queues')}</Table.Th>
                <Table.Th>{t('agents.call')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((agent) => (
                <AgentRow key={`${agent.centre}/${agent.agent}`} agent={agent} />
              ))}
            </Table.Tbody>
          </ScrollTable>
          {sorted.length > rows.length ? (
            <Button size="compact-xs" variant="default" mt="xs" onClick={() => setIsAll(true)}>
              {t('agents.showAll', { count: sorted.length, number: count(sorted.length) })}
            </Button>
          ) : null}
        </>
      )}
    </Panel>
  );
}

interface SortedProps {
  readonly column: Column;
  readonly order: Order;
  readonly onSort: (order: Order) => void;
  readonly isNumber?: boolean;
}

function Sorted({ column, order, onSort, isNumber = false }: SortedProps) {
  const { t } = useT('board');
  const isIt = order.column === column;
  const direction = order.isDown ? 'descending' : 'ascending';
  return (
    <Table.Th aria-sort={isIt ? direction : 'none'} className={isNumber ? 'board-number' : undefined}>
      <UnstyledButton
        fz="sm"
        fw={700}
        onClick={() => onSort({ column, isDown: isIt ? !order.isDown : column === 'time' })}
      >
        {t(`agents.${column}`)} <span aria-hidden>{isIt ? (order.isDown ? '↓' : '↑') : '↕'}</span>
      </UnstyledButton>
    </Table.Th>
  );
}

function AgentRow({ agent }: { readonly agent: BoardAgent }) {
  const { t } = useT('board');
  const { shownAs, status, decisionId } = agent;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={550}>
        {agent.agent}{' '}
        <Text span fz="xs" c="dimmed">
          {agent.centre}
        </Text>
      </Table.Th>
      <Table.Td>
        <span className={`board-key state-${shownAs}`} aria-hidden />
        {t(`state.${shownAs}`)}
        {shownAs === 'talking' && status === 'On Break' ? ` (${t('agents.thenBreak')})` : ''}
      </Table.Td>
      <Table.Td className="board-number">
        <Duration ms={agent.sinceMs} />
      </Table.Td>
      <Table.Td>{agent.queues.join(', ')}</Table.Td>
      <Table.Td>
        {decisionId === undefined ? (
          ''
        ) : (
          <Anchor component={Link} href={`/calls/${encodeURIComponent(decisionId)}`} fz="sm">
            {t('agents.openCall', { agent: agent.agent })}
          </Anchor>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
