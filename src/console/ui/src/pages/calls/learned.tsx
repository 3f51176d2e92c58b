// What holds of the customer now because of this call and others.
import { Text } from '@mantine/core';
import type { CallStoryView } from '../../../../board/calls-view.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';

export function Learned({ story: { learned } }: { readonly story: CallStoryView }) {
  const { t } = useT('call');
  const { dateTime } = useFormat();
  const offers = learned?.state.offers ?? [];
  const alerts = learned?.state.alerts ?? [];
  if (offers.length + alerts.length === 0) {
    return (
      <Text fz="sm" c="dimmed">
        {t('learned.none')}
      </Text>
    );
  }
  const when = (ms: number | undefined): string => (ms === undefined ? '–' : dateTime(ms));
  return (
    <ul className="board-list">
      {offers.map((one, i) => (
        <li key={i}>
          <span>
            <b>{one.offerCode}</b>{' '}
            {t(one.effect === 'boosted' ? 'learned.boosted' : 'learned.withheld', {
              from: when(one.from),
              until: when(one.until),
            })}
          </span>
          <Text span fz="xs" c="dimmed">
            {t('learned.because', { reason: one.reason ?? '–' })}
          </Text>
        </li>
      ))}
      {alerts.map((one, i) => (
        <li key={`alert ${i}`}>
          <span>
            <b>{one.offerCode}</b> {t('learned.alert')}
          </span>
        </li>
      ))}
    </ul>
  );
}
