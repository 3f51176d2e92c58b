// What calls were routed for today: as bars, or as a table. Who does not see the bars is given the table always.
import { Button, SimpleGrid, Table, VisuallyHidden } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { BoardCounts, BoardTotals } from '../../../../live/board-state.js';
import { Empty } from '../../app/components/empty.js';
import { Count, Money } from '../../app/components/figures.js';
import { Loading } from '../../app/components/loading.js';
import { useT } from '../../app/i18n.js';
import { Panel } from './panel.js';

const BarChart = lazy(() => import('./bar-chart.js'));

interface Row extends BoardCounts {
  readonly name: string;
}

export function ValueCharts({ totals }: { readonly totals: BoardTotals }) {
  const { t } = useT('board');
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
      <ValueChart
        title={t('value.byOffer')}
        about={t('value.about')}
        rows={totals.byOffer.map(({ offer, ...counts }) => ({ name: offer, ...counts }))}
      />
      <ValueChart
        title={t('value.byArm')}
        about={t('value.armAbout')}
        rows={totals.byArm.map(({ arm, ...counts }) => ({
          name: t(`value.arms.${arm}`, { defaultValue: arm }),
          ...counts,
        }))}
      />
    </SimpleGrid>
  );
}

interface ValueChartProps {
  readonly title: string;
  readonly about: string;
  readonly rows: readonly Row[];
}

function ValueChart({ title, about, rows }: ValueChartProps) {
  const { t } = useT('board');
  const [isTable, setIsTable] = useState(false);
  const isKnown = rows.some(({ value }) => value !== undefined);
  const table = <ValueTable title={title} rows={rows} />;
  const names = { value: t('value.routed'), acceptedValue: t('value.accepted'), calls: t('value.calls') };
  return (
    <Panel
      title={title}
      about={about}
      actions={
        rows.length === 0 ? null : (
          <Button
            size="compact-xs"
            variant="default"
            aria-pressed={isTable}
            onClick={() => setIsTable(!isTable)}
          >
            {t('value.asTable')}
          </Button>
        )
      }
    >
      {rows.length === 0 ? <Empty title={t('value.none')} /> : null}
      {rows.length > 0 && isTable ? table : null}
      {rows.length > 0 && !isTable ? (
        <>
          <VisuallyHidden>{table}</VisuallyHidden>
          <Suspense fallback={<Loading />}>
            <BarChart
              rows={rows.slice(0, 12)}
              series={isKnown ? ['value', 'acceptedValue'] : ['calls']}
              names={names}
            />
          </Suspense>
        </>
      ) : null}
    </Panel>
  );
}

function ValueTable({ title, rows }: { readonly title: string; readonly rows: readonly Row[] }) {
  const { t } = useT('board');
  return (
    <Table aria-label={title}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('value.name')}</Table.Th>
          <Table.Th className="board-number">{t('value.calls')}</Table.Th>
          <Table.Th className="board-number">{t('value.routed')}</Table.Th>
          <Table.Th className="board-number">{t('value.accepted')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(({ name, calls, value, acceptedValue }) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" fw={500}>
              {name}
            </Table.Th>
            <Table.Td className="board-number">
              <Count value={calls} />
            </Table.Td>
            <Table.Td className="board-number">
              <Money amount={value} />
            </Table.Td>
            <Table.Td className="board-number">
              <Money amount={acceptedValue} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
