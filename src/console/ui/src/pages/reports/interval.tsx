import type { IntervalView } from '../../../../reports/reports-view.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';

/** A share with its 95 % interval. */
export function ShareInterval({ interval }: { readonly interval: IntervalView | undefined }) {
  const { t } = useT('reports');
  const { percent } = useFormat();
  if (interval === undefined) return '–';
  const { estimate, low, high } = interval;
  return t('interval', { estimate: percent(estimate), low: percent(low), high: percent(high) });
}
