// Where the call was tried, what was shown on it, what became of that.
import { Group, Table, Text } from '@mantine/core';
import type { CallStoryView } from '../../../../board/calls-view.js';
import { Empty } from '../../app/components/empty.js';
import { Moment, Money } from '../../app/components/figures.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';

interface StoryProps {
  readonly story: CallStoryView;
}

export function AttemptTable({ story: { attempts } }: StoryProps) {
  const { t } = useT('call');
  const { time } = useFormat();
  if (attempts.length === 0) return <Empty title={t('attempts.none')} />;
  return (
    <ScrollTable label={t('attempts.title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th className="calls-number">#</Table.Th>
          <Table.Th>{t('attempts.at')}</Table.Th>
          <Table.Th>{t('attempts.place')}</Table.Th>
          <Table.Th>{t('attempts.offer')}</Table.Th>
          <Table.Th miw={200}>{t('attempts.end')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {attempts.map(({ attempt, at, destination, uri, offer, status, reason }) => (
          <Table.Tr key={attempt}>
            <Table.Td className="calls-number">{attempt + 1}</Table.Td>
            <Table.Td className="tabular">{time(at)}</Table.Td>
            <Table.Td>
              {destination}
              <Text fz="xs" c="dimmed">
                {uri}
              </Text>
            </Table.Td>
            <Table.Td>{offer ?? t('plain')}</Table.Td>
            <Table.Td>
              <StateBadge kind={status !== null && status < 400 ? 'good' : 'bad'}>
                {status === null ? reason : `${status} ${reason}`}
              </StateBadge>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}

export function ExposureTable({ story: { exposures } }: StoryProps) {
  const { t } = useT('call');
  const { time } = useFormat();
  const shown = (at: string | null): string => (at === null ? '–' : time(at));
  if (exposures.length === 0) return <Empty title={t('exposures.none')} />;
  return (
    <ScrollTable label={t('exposures.title')} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('exposures.offer')}</Table.Th>
          <Table.Th>{t('exposures.place')}</Table.Th>
          <Table.Th>{t('exposures.who')}</Table.Th>
          <Table.Th>{t('exposures.reserved')}</Table.Th>
          <Table.Th>{t('exposures.confirmed')}</Table.Th>
          <Table.Th>{t('exposures.ended')}</Table.Th>
          <Table.Th>{t('exposures.state')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {exposures.map((one) => (
          <Table.Tr key={`${one.offer} ${one.presentation}`}>
            <Table.Th scope="row" fw={550}>
              {one.offer} · {one.presentation}
            </Table.Th>
            <Table.Td>{one.destination}</Table.Td>
            <Table.Td>{one.agent ?? '–'}</Table.Td>
            <Table.Td className="tabular">{shown(one.reservedAt)}</Table.Td>
            <Table.Td className="tabular">{shown(one.confirmedAt)}</Table.Td>
            <Table.Td className="tabular">{shown(one.endedAt)}</Table.Td>
            <Table.Td>
              {t(`exposures.states.${one.state}`, { defaultValue: one.state })}
              {one.result === null ? '' : `: ${one.result}`}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}

/** Every revision; the ones that count first. */
export function DispositionTable({ story: { dispositions } }: StoryProps) {
  const { t } = useT('call');
  if (dispositions.length === 0) return <Empty title={t('dispositions.none')} />;
  const rows = dispositions.toSorted((a, b) => a.offer.localeCompare(b.offer) || b.revision - a.revision);
  return (
    <ScrollTable label={t('dispositions.title')} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('dispositions.offer')}</Table.Th>
          <Table.Th className="calls-number">{t('dispositions.revision')}</Table.Th>
          <Table.Th miw={170}>{t('dispositions.code')}</Table.Th>
          <Table.Th>{t('dispositions.by')}</Table.Th>
          <Table.Th>{t('dispositions.at')}</Table.Th>
          <Table.Th className="calls-number">{t('dispositions.value')}</Table.Th>
          <Table.Th>{t('dispositions.note')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((one) => (
          <Table.Tr key={`${one.offer} ${one.revision}`} c={one.isCurrent ? 'inherit' : 'dimmed'}>
            <Table.Th scope="row" fw={550}>
              {one.offer}
            </Table.Th>
            <Table.Td className="calls-number">{one.revision}</Table.Td>
            <Table.Td>
              <Group gap={6}>
                {one.name}
                {one.isCurrent ? (
                  <StateBadge kind="good">{t('dispositions.counts')}</StateBadge>
                ) : (
                  <Text span fz="xs">
                    {t('dispositions.replaced')}
                  </Text>
                )}
              </Group>
            </Table.Td>
            <Table.Td>{one.agent ?? t(`sources.${one.source}`, { defaultValue: one.source })}</Table.Td>
            <Table.Td>
              <Moment at={one.at} />
            </Table.Td>
            <Table.Td className="calls-number">
              <Money amount={one.countsAsAccepted ? one.value : null} />
            </Table.Td>
            <Table.Td>{one.note ?? ''}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}
