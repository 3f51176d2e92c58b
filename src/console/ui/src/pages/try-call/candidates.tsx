// Everything that was weighed: the numbers, the gate that took it away, and where its value went, as a bar.
import { Group, Table, Text, Title } from '@mantine/core';
import type { TryCallView } from '../../../../try-call/try-call-view.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { partsOf } from './worth.js';
import type { Candidate } from './worth.js';

const parts = ['worth', 'cost', 'patience', 'conversion'] as const;

export function Candidates({ call }: { readonly call: TryCallView }) {
  const { t } = useT('try-call');
  const rows = call.record.candidates;
  const largest = Math.max(0, ...rows.map((row) => partsOf(row)?.gross ?? 0));
  const heads = ['propensity', 'value', 'conversion', 'wait', 'patience', 'cost', 'worth'] as const;
  return (
    <section aria-label={t('candidates.title')}>
      <Group justify="space-between" gap="xs" mb={4}>
        <Title order={2}>{t('candidates.title')}</Title>
        <Group gap="sm" aria-hidden>
          {parts.map((part) => (
            <Text key={part} span fz="xs" c="dimmed" className="try-key">
              <span className={`try-part try-${part}`} /> {t(`candidates.parts.${part}`)}
            </Text>
          ))}
        </Group>
      </Group>
      <Text fz="sm" c="dimmed" mb={4}>
        {t('candidates.formula')}
      </Text>
      <ScrollTable label={t('candidates.title')} minWidth={980}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('candidates.offer')}</Table.Th>
            <Table.Th scope="col">{t('candidates.at')}</Table.Th>
            <Table.Th scope="col" miw={150}>
              {t('candidates.gate')}
            </Table.Th>
            {heads.map((head) => (
              <Table.Th key={head} scope="col" ta="right">
                {t(`candidates.${head}`)}
              </Table.Th>
            ))}
            <Table.Th scope="col" w={170} miw={140}>
              {t('candidates.bar')}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, i) => (
            <Row
              key={`${row.offerCode ?? ''} ${row.presentation ?? ''} ${row.destination ?? ''}`}
              row={row}
              isChosen={i === call.chosen}
              largest={largest}
            />
          ))}
        </Table.Tbody>
      </ScrollTable>
      {call.notes.map((note) => (
        <Text key={note} fz="xs" c="dimmed" mt={4}>
          {note}
        </Text>
      ))}
    </section>
  );
}

interface RowProps {
  readonly row: Candidate;
  readonly isChosen: boolean;
  readonly largest: number;
}

function Row({ row, isChosen, largest }: RowProps) {
  const { t } = useT('try-call');
  const { money, count } = useFormat();
  const text = (value: number | null | undefined, show: (value: number) => string): string =>
    value === null || value === undefined ? '–' : show(value);
  const share = (value: number): string => value.toFixed(2);
  const wait = row.waitSeconds;
  const figures = [
    text(row.propensity, (value) => value.toFixed(3)),
    text(row.offerValue, money),
    text(row.conversion, share),
    wait === null ? t('candidates.never') : text(wait, (value) => `${count(Math.round(value))} s`),
    text(row.patience, share),
    text(row.cost, money),
    text(row.value, money),
  ];
  return (
    <Table.Tr className={isChosen ? 'try-chosen' : row.removedBy === undefined ? '' : 'try-removed'}>
      <Table.Th scope="row" fw={isChosen ? 650 : 500}>
        {row.offerCode ?? t('plain')}
        {row.presentation === undefined ? null : (
          <Text span c="dimmed" fz="xs">
            {' '}
            {row.presentation}
          </Text>
        )}
      </Table.Th>
      <Table.Td>{row.destination ?? '–'}</Table.Td>
      <Table.Td miw={150}>
        {row.removedBy === undefined ? (
          <StateBadge kind={isChosen ? 'good' : 'idle'}>
            {isChosen ? t('candidates.chosen') : t('candidates.left')}
          </StateBadge>
        ) : (
          <>
            <StateBadge kind="bad">{t(`gate.${row.removedBy}`)}</StateBadge>
            {row.removedWhy === undefined ? null : (
              <Text fz="xs" c="dimmed">
                {row.removedWhy}
              </Text>
            )}
          </>
        )}
      </Table.Td>
      {figures.map((figure, i) => (
        <Table.Td key={i} ta="right" className="tabular" fw={i === 6 && isChosen ? 650 : 400}>
          {figure}
        </Table.Td>
      ))}
      <Table.Td>
        <Bar row={row} largest={largest} />
      </Table.Td>
    </Table.Tr>
  );
}

function Bar({ row, largest }: { readonly row: Candidate; readonly largest: number }) {
  const { t } = useT('try-call');
  const { money } = useFormat();
  const split = partsOf(row);
  if (split === undefined || largest <= 0) return null;
  const words = parts.map((part) => `${t(`candidates.parts.${part}`)} ${money(split[part])}`).join(', ');
  return (
    <div className="try-bar" role="img" aria-label={words} title={words}>
      {parts.map((part) => (
        <span
          key={part}
          className={`try-part try-${part}`}
          style={{ width: `${(split[part] / largest) * 100}%` }}
        />
      ))}
    </div>
  );
}
