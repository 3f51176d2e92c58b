import { Button, Group, Paper, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { GenerationView } from '../../../../generations/generations-view.js';
import { Ago, Count } from '../../app/components/figures.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { StateBadge } from '../../app/components/state-badge.js';
import type { StateKind } from '../../app/components/state-badge.js';
import { useT } from '../../app/i18n.js';
import { Comparison } from './comparison.js';

export interface PartnerGenerationsProps {
  readonly partner: string;
  /** The latest first. */
  readonly generations: readonly GenerationView[];
  /** Undefined for those who may not. */
  readonly onPublish: ((generation: GenerationView) => void) | undefined;
}

export function PartnerGenerations({ partner, generations, onPublish }: PartnerGenerationsProps) {
  const { t } = useT('generations');
  const current = generations.find((one) => one.state === 'current');
  const [compared, setCompared] = useState<number>();
  const other = generations.find((one) => one.generation === compared);
  return (
    <Paper component="section" aria-label={t('of', { partner })}>
      <Title order={2} mb={4}>
        {partner}
      </Title>
      <ScrollTable label={t('of', { partner })} minWidth={920}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col" ta="right">
              {t('generation')}
            </Table.Th>
            <Table.Th scope="col" miw={125}>
              {t('state')}
            </Table.Th>
            <Table.Th scope="col">{t('created')}</Table.Th>
            {(['strategies', 'phones', 'size', 'offers'] as const).map((head) => (
              <Table.Th key={head} scope="col" ta="right">
                {t(head)}
              </Table.Th>
            ))}
            <Table.Th scope="col">{t('checksum')}</Table.Th>
            <Table.Th scope="col">{t('actions')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {generations.map((one) => (
            <Row
              key={one.generation}
              one={one}
              isCompared={one.generation === compared}
              onCompare={
                one.state === 'retired' && current !== undefined
                  ? () => setCompared(one.generation === compared ? undefined : one.generation)
                  : undefined
              }
              onPublish={
                one.state === 'retired' && onPublish !== undefined ? () => onPublish(one) : undefined
              }
            />
          ))}
        </Table.Tbody>
      </ScrollTable>
      {other === undefined || current === undefined ? null : (
        <Comparison partner={partner} a={other.generation} b={current.generation} />
      )}
    </Paper>
  );
}

interface RowProps {
  readonly one: GenerationView;
  readonly isCompared: boolean;
  readonly onCompare: (() => void) | undefined;
  readonly onPublish: (() => void) | undefined;
}

function Row({ one, isCompared, onCompare, onPublish }: RowProps) {
  const { t } = useT('generations');
  const [kind, word] = stateOf(one);
  const number = one.generation;
  return (
    <Table.Tr>
      <Table.Th scope="row" ta="right" className="tabular">
        {number}
      </Table.Th>
      <Table.Td>
        <StateBadge kind={kind}>{t(`states.${word}`)}</StateBadge>
      </Table.Td>
      <Table.Td>
        <Ago at={one.createdAt} />
      </Table.Td>
      <Table.Td ta="right">
        <Count value={one.strategies} />
      </Table.Td>
      <Table.Td ta="right">
        <Count value={one.phones} />
      </Table.Td>
      <Table.Td ta="right" className="tabular" style={{ whiteSpace: 'nowrap' }}>
        {t('megabytes', { size: (one.recordBytes / 1e6).toFixed(1) })}
      </Table.Td>
      <Table.Td ta="right">
        <Count value={one.offers.length} />
      </Table.Td>
      <Table.Td>
        <Text component="div" ff="monospace" fz="xs">
          {one.contentHash.slice(0, 12)}
        </Text>
        <Text component="div" fz="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {one.runId}
        </Text>
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          {onCompare === undefined ? null : (
            <Button
              size="compact-xs"
              variant="default"
              aria-pressed={isCompared}
              aria-label={t('withNumber', {
                action: isCompared ? t('closeComparison') : t('compare'),
                number,
              })}
              onClick={onCompare}
            >
              {isCompared ? t('closeComparison') : t('compare')}
            </Button>
          )}
          {onPublish === undefined ? null : (
            <Button
              size="compact-xs"
              variant="light"
              color="red"
              aria-label={t('withNumber', { action: t('publish'), number })}
              onClick={onPublish}
            >
              {t('publish')}
            </Button>
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function stateOf({ state, isOutdated }: GenerationView): readonly [StateKind, string] {
  if (state === 'current') return isOutdated ? ['warning', 'outdated'] : ['good', 'current'];
  return state === 'retired' ? ['idle', 'retired'] : ['busy', 'loading'];
}
