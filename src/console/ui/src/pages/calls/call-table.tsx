import { Anchor, Table, Text } from '@mantine/core';
import { Link } from 'wouter';
import type { CallHistoryLine } from '../../../../board/calls-view.js';
import { Duration, Moment } from '../../app/components/figures.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { useT } from '../../app/i18n.js';

export function CallTable({ calls }: { readonly calls: readonly CallHistoryLine[] }) {
  const { t } = useT('calls');
  return (
    <ScrollTable label={t('title')} minWidth={860}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('columns.time')}</Table.Th>
          <Table.Th>{t('columns.caller')}</Table.Th>
          <Table.Th>{t('columns.partner')}</Table.Th>
          <Table.Th>{t('columns.offer')}</Table.Th>
          <Table.Th>{t('columns.outcome')}</Table.Th>
          <Table.Th>{t('columns.place')}</Table.Th>
          <Table.Th>{t('columns.disposition')}</Table.Th>
          <Table.Th className="calls-number">{t('columns.talk')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {calls.map((call) => (
          <CallRow key={call.decisionId} call={call} />
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}

function CallRow({ call }: { readonly call: CallHistoryLine }) {
  const { t } = useT('calls');
  const { decisionId, startedAt, caller, partner, offer, reason, arm, outcomeReason, destination } = call;
  const said = call.dispositions.map((one) => (one.offer === offer ? one.code : `${one.offer} ${one.code}`));
  return (
    <Table.Tr>
      <Table.Td className="calls-whole">
        <Anchor component={Link} href={`/calls/${encodeURIComponent(decisionId)}`} fz="sm">
          <Moment at={startedAt} />
        </Anchor>
      </Table.Td>
      <Table.Td className="tabular">{caller ?? '–'}</Table.Td>
      <Table.Td>{partner ?? '–'}</Table.Td>
      <Table.Td>
        <Text fz="sm" fw={offer === null ? 400 : 600} className="calls-whole">
          {offer ?? t('plain')}
        </Text>
        <Text fz="xs" c="dimmed">
          {offer === null
            ? t(`reasons.${reason}`, { defaultValue: reason })
            : arm === null
              ? ''
              : t(`arms.${arm}`, { defaultValue: arm })}
        </Text>
      </Table.Td>
      <Table.Td>
        {outcomeReason === null
          ? t('underWay')
          : t(`outcomes.${outcomeReason}`, { defaultValue: outcomeReason })}
      </Table.Td>
      <Table.Td className="calls-whole">{destination ?? '–'}</Table.Td>
      <Table.Td>{said.length === 0 ? '–' : said.join(', ')}</Table.Td>
      <Table.Td className="calls-number">
        <Duration ms={call.seconds === null ? null : call.seconds * 1000} />
      </Table.Td>
    </Table.Tr>
  );
}
