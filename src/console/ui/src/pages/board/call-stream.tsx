// Decided calls as they come, newest first; it can be held while somebody reads.
import { Anchor, Button, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import type { CallLineView } from '../../../../live/board-state.js';
import { Empty } from '../../app/components/empty.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { useLive } from '../../app/live.js';
import { Panel } from './panel.js';

const shown = 30;

export function CallStream() {
  const { t } = useT('board');
  const { data } = useLive('calls');
  const [held, setHeld] = useState<readonly CallLineView[]>();
  const calls = (held ?? data ?? []).slice(0, shown);
  const newest = held?.[0]?.decisionId;
  const since = data?.findIndex((call) => call.decisionId === newest) ?? 0;
  return (
    <Panel
      title={t('stream.title')}
      about={held === undefined ? undefined : t('stream.held', { count: Math.max(0, since) })}
      actions={
        <Button
          size="compact-xs"
          variant="default"
          aria-pressed={held !== undefined}
          onClick={() => setHeld(held === undefined ? (data ?? []) : undefined)}
        >
          {held === undefined ? t('stream.pause') : t('stream.resume')}
        </Button>
      }
    >
      {calls.length === 0 ? (
        <Empty title={t('stream.none')}>{t('stream.noneWhy')}</Empty>
      ) : (
        <div style={{ maxHeight: '26rem', overflowY: 'auto' }}>
          <ScrollTable label={t('stream.title')} minWidth={520}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('stream.time')}</Table.Th>
                <Table.Th>{t('stream.call')}</Table.Th>
                <Table.Th>{t('stream.decision')}</Table.Th>
                <Table.Th>{t('stream.result')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {calls.map((call) => (
                <CallRow key={call.decisionId} call={call} />
              ))}
            </Table.Tbody>
          </ScrollTable>
        </div>
      )}
    </Panel>
  );
}

function CallRow({ call }: { readonly call: CallLineView }) {
  const { t } = useT('board');
  const { time } = useFormat();
  const { decisionId, partner, caller, offer, presented, reason, destination, result, status, failOpen } =
    call;
  return (
    <Table.Tr>
      <Table.Td className="tabular" style={{ whiteSpace: 'nowrap' }}>
        <Anchor component={Link} href={`/calls/${encodeURIComponent(decisionId)}`} fz="sm">
          {time(call.at)}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <span className="tabular">{caller}</span>
        <Text fz="xs" c="dimmed">
          {partner ?? t('stream.noPartner')}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text fz="sm" fw={offer === undefined ? 400 : 600}>
          {offer ?? presented ?? t('stream.plain')}
        </Text>
        <Text fz="xs" c="dimmed">
          {destination ?? t('stream.nowhere')}
          {offer === undefined && reason !== undefined ? ` · ${reason}` : ''}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text fz="sm" c={isBad(status, result) ? 'red' : 'inherit'}>
          {status ?? ''} {result}
        </Text>
        <Text fz="xs" c="dimmed" className="tabular">
          {t('stream.decidedIn', { ms: call.decisionMs.toFixed(1) })}
        </Text>
        {failOpen.length === 0 ? null : (
          <Text fz="xs" c="yellow">
            {t('stream.failedOpen', { reasons: failOpen.join(', ') })}
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function isBad(status: number | undefined, result: string): boolean {
  return (status ?? 0) >= 400 && result !== 'cancelled';
}
