// How old what the router reads is.
import { Group, Table } from '@mantine/core';
import type { BoardState } from '../../../../live/board-state.js';
import { Duration } from '../../app/components/figures.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { useT } from '../../app/i18n.js';
import { Panel } from './panel.js';

export function Ages({ ages }: { readonly ages: BoardState['ages'] }) {
  const { t } = useT('board');
  return (
    <Panel title={t('ages.title')} about={t('ages.about')}>
      <ScrollTable label={t('ages.title')} minWidth={480}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('ages.what')}</Table.Th>
            <Table.Th className="board-number">{t('ages.age')}</Table.Th>
            <Table.Th>{t('ages.state')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {ages.map(({ what, kind, ageMs, state, isGood }) => (
            <Table.Tr key={`${kind} ${what}`}>
              <Table.Th scope="row" fw={500}>
                {t(`ages.kinds.${kind}`, { what })}
              </Table.Th>
              <Table.Td className="board-number">
                <Duration ms={ageMs} />
              </Table.Td>
              <Table.Td>
                <Group gap={6}>
                  {isGood ? null : <StateBadge kind="warning">{t('ages.look')}</StateBadge>}
                  {kind === 'feed'
                    ? t(`feeds.${state}`, { defaultValue: state })
                    : t(`ages.states.${state}`, { defaultValue: state })}
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </ScrollTable>
    </Panel>
  );
}
