// Calls that were served in spite of a failure.
import { Anchor } from '@mantine/core';
import { Link } from 'wouter';
import type { BoardState } from '../../../../live/board-state.js';
import { Empty } from '../../app/components/empty.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { Panel } from './panel.js';

const shown = 8;

export function FailOpen({ events }: { readonly events: BoardState['failOpenEvents'] }) {
  const { t } = useT('board');
  const { time } = useFormat();
  return (
    <Panel title={t('failOpen.title')} about={t('failOpen.about')}>
      {events.length === 0 ? (
        <Empty title={t('failOpen.none')} />
      ) : (
        <ul className="board-list">
          {events.slice(0, shown).map(({ at, reason, decisionId, partner }) => (
            <li key={`${decisionId} ${reason}`}>
              <span>
                <span className="tabular">{time(at)}</span>{' '}
                {t(`failOpen.reasons.${reason}`, { defaultValue: reason })}
              </span>
              <Anchor component={Link} href={`/calls/${encodeURIComponent(decisionId)}`} fz="sm">
                {t('failOpen.call', { partner: partner ?? '–', id: decisionId.slice(0, 8) })}
              </Anchor>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
