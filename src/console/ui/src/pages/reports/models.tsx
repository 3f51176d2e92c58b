// Propensity models: how good each is, and of one the calibration, the lift and what counts in it.
import { Paper, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ModelSummaryView } from '../../../../reports/reports-view.js';
import { api } from '../../app/api.js';
import { Failure } from '../../app/components/failure.js';
import { Ago, Count } from '../../app/components/figures.js';
import { Loading } from '../../app/components/loading.js';
import { useT } from '../../app/i18n.js';
import { DataTable } from '../analysis/data-table.js';
import type { Column } from '../analysis/data-table.js';
import { ModelReport } from './model-report.js';
import { ShowButton } from './show-button.js';

export interface ModelsProps {
  readonly chosen: string | undefined;
  /** '': none. */
  readonly onChoose: (model: string) => void;
}

export function Models({ chosen, onChoose }: ModelsProps) {
  const { t } = useT('reports');
  const { data, error, refetch } = useQuery({
    queryKey: ['models'],
    queryFn: ({ signal }) =>
      api<{ readonly models: readonly ModelSummaryView[] }>('GET', '/models', undefined, signal),
    staleTime: 60_000,
  });
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what={t('tabs.models')} />;
  const figure = (
    name: 'auc' | 'logLoss' | 'brier' | 'topDecileLift' | 'calibrationError',
  ): Column<ModelSummaryView> => ({
    head: t(`models.${name}`),
    isNumber: true,
    of: (row) => row.trained?.[name],
    show: (row) => row.trained?.[name]?.toFixed(3) ?? '–',
  });
  const columns: readonly Column<ModelSummaryView>[] = [
    { head: t('models.model'), of: (row) => row.model, show: (row) => <strong>{row.model}</strong> },
    { head: t('columns.partner'), of: (row) => row.partner },
    { head: t('models.kind'), of: (row) => row.kind ?? t('models.unset') },
    {
      head: t('models.trainedAt'),
      of: (row) => row.trained?.trainedAt,
      show: (row) => (row.trained === null ? t('models.never') : <Ago at={row.trained.trainedAt} />),
    },
    {
      head: t('models.rows'),
      isNumber: true,
      of: (row) => row.trained?.rows,
      show: (row) => <Count value={row.trained?.rows} />,
    },
    ...(['auc', 'logLoss', 'brier', 'topDecileLift', 'calibrationError'] as const).map(figure),
    {
      head: t('columns.report'),
      of: () => '',
      show: ({ model, trained }) =>
        trained === null ? null : <ShowButton row={model} name={model} chosen={chosen} onChoose={onChoose} />,
    },
  ];
  return (
    <Stack gap="md">
      <Paper>
        <DataTable
          title={t('tabs.models')}
          rows={data.models}
          columns={columns}
          keyOf={(row) => row.model}
          file="proffer-models"
          empty={t('none.models')}
          minWidth={980}
        />
      </Paper>
      {chosen === undefined ? null : <ModelReport key={chosen} model={chosen} />}
    </Stack>
  );
}
