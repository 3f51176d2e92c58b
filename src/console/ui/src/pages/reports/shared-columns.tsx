// Columns that the reports of offers and of agents have in common.
import type { IntervalView } from '../../../../reports/reports-view.js';
import { Duration, Money } from '../../app/components/figures.js';
import { useT } from '../../app/i18n.js';
import type { Column } from '../analysis/data-table.js';
import { ShareInterval } from './interval.js';

export interface Sold {
  readonly acceptance?: IntervalView;
  readonly value: number;
  readonly agentSeconds: number;
  readonly handled: number;
}

export interface SharedColumns {
  /** With its bounds, which the file has alone. */
  readonly acceptance: readonly Column<Sold>[];
  readonly value: Column<Sold>;
  readonly handling: Column<Sold>;
}

export function useSharedColumns(): SharedColumns {
  const { t } = useT('reports');
  return {
    acceptance: [
      {
        head: t('columns.acceptance'),
        minWidth: 150,
        isNumber: true,
        of: (row) => row.acceptance?.estimate,
        show: (row) => <ShareInterval interval={row.acceptance} />,
      },
      { head: t('columns.acceptanceLow'), isHidden: true, of: (row) => row.acceptance?.low },
      { head: t('columns.acceptanceHigh'), isHidden: true, of: (row) => row.acceptance?.high },
    ],
    value: {
      head: t('columns.value'),
      isNumber: true,
      of: (row) => row.value,
      show: (row) => <Money amount={row.value} />,
    },
    handling: {
      head: t('columns.handling'),
      isNumber: true,
      of: (row) => (row.handled === 0 ? null : row.agentSeconds / row.handled),
      show: (row) => <Duration ms={row.handled === 0 ? null : (row.agentSeconds / row.handled) * 1000} />,
    },
  };
}
