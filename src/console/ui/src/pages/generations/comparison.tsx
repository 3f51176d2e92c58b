// What changed from one generation to the current one.
import { Group, Stack, Table, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { ComparisonView } from '../../../../generations/generations-view.js';
import { api } from '../../app/api.js';
import { Failure } from '../../app/components/failure.js';
import { Count } from '../../app/components/figures.js';
import { Loading } from '../../app/components/loading.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { Chart } from '../analysis/chart.js';
import { axisOf } from '../analysis/palette.js';
import type { Palette } from '../analysis/palette.js';

export interface ComparisonProps {
  readonly partner: string;
  readonly a: number;
  readonly b: number;
}

export function Comparison({ partner, a, b }: ComparisonProps) {
  const { t } = useT('generations');
  const query = new URLSearchParams({ partner, a: String(a), b: String(b) }).toString();
  const { data, error, refetch } = useQuery({
    queryKey: ['generations', 'compare', partner, a, b],
    queryFn: ({ signal }) => api<ComparisonView>('GET', `/generations/compare?${query}`, undefined, signal),
    staleTime: 600_000,
    retry: false,
  });
  return (
    <section aria-label={t('comparison.title', { a, b })}>
      <Title order={3} mt="lg" mb="xs">
        {t('comparison.title', { a, b })}
      </Title>
      {error !== null ? (
        <Failure error={error} title={t('comparison.failed')} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading what={t('comparison.what')} />
      ) : (
        <Compared view={data} />
      )}
    </section>
  );
}

function Compared({ view }: { readonly view: ComparisonView }) {
  const { t } = useT('generations');
  const { percent, count } = useFormat();
  const of = (part: number): string =>
    view.customers === 0
      ? count(part)
      : t('comparison.of', { part: count(part), share: percent(part / view.customers) });
  const isSame = view.a.contentHash === view.b.contentHash;
  const figures = [
    ['firstChanged', of(view.firstChanged)],
    ['rankingChanged', of(view.rankingChanged)],
    ['customersNew', count(view.customersNew)],
    ['customersGone', count(view.customersGone)],
    ['customers', count(view.customers)],
    ...(view.unreadable === 0 ? [] : [['unreadable', count(view.unreadable)] as const]),
  ] as const;
  return (
    <Stack gap="sm">
      <Group gap="xl">
        {figures.map(([name, value]) => (
          <div key={name}>
            <Text fz="xs" c="dimmed">
              {t(`comparison.${name}`)}
            </Text>
            <Text fz="lg" fw={600} className="tabular">
              {value}
            </Text>
          </div>
        ))}
      </Group>
      {isSame ? <Text fz="sm">{t('comparison.same')}</Text> : null}
      {view.share < 1 ? (
        <Text fz="sm" c="dimmed">
          {t('comparison.sampled', { share: percent(view.share) })}
        </Text>
      ) : null}
      {view.offers.length === 0 ? null : <Offers view={view} />}
      {view.moves.length === 0 ? null : <Moves view={view} />}
    </Stack>
  );
}

function Offers({ view }: { readonly view: ComparisonView }) {
  const { t } = useT('generations');
  const { offers } = view;
  const option = useCallback(
    (palette: Palette) => ({
      grid: { left: 8, right: 24, top: 28, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 10, itemHeight: 10, textStyle: { color: palette.text } },
      xAxis: { type: 'value', ...axisOf(palette) },
      yAxis: {
        type: 'category',
        inverse: true,
        data: offers.map((one) => one.offer),
        ...axisOf(palette),
        axisTick: { show: false },
      },
      series: [
        { name: t('comparison.gained'), sign: 1, of: 'gained', colour: palette.good },
        { name: t('comparison.lost'), sign: -1, of: 'lost', colour: palette.bad },
      ].map(({ name, sign, of, colour }) => ({
        type: 'bar',
        stack: 'change',
        name,
        barMaxWidth: 14,
        itemStyle: { color: colour, borderRadius: 2 },
        data: offers.map((one) => sign * (of === 'gained' ? one.gained : one.lost)),
      })),
    }),
    [offers, t],
  );
  const columns = ['a', 'b', 'gained', 'lost', 'firstInA', 'firstInB'] as const;
  const numbers = { a: view.a.generation, b: view.b.generation };
  return (
    <>
      <Chart label={t('comparison.chart', numbers)} height={offers.length * 26 + 60} option={option} />
      <ScrollTable label={t('comparison.offers')} minWidth={640}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{t('comparison.offer')}</Table.Th>
            {columns.map((one) => (
              <Table.Th key={one} scope="col" ta="right">
                {t(`comparison.columns.${one}`, numbers)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {offers.map((row) => (
            <Table.Tr key={row.offer}>
              <Table.Th scope="row">{row.offer}</Table.Th>
              {columns.map((one) => (
                <Table.Td key={one} ta="right">
                  <Count value={row[one]} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </ScrollTable>
    </>
  );
}

function Moves({ view }: { readonly view: ComparisonView }) {
  const { t } = useT('generations');
  return (
    <ScrollTable label={t('comparison.moves')} minWidth={420}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t('comparison.from')}</Table.Th>
          <Table.Th scope="col">{t('comparison.to')}</Table.Th>
          <Table.Th scope="col" ta="right">
            {t('comparison.moved')}
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {view.moves.map(({ from, to, customers }) => (
          <Table.Tr key={`${from ?? ''} ${to ?? ''}`}>
            <Table.Td>{from ?? t('comparison.noOffer')}</Table.Td>
            <Table.Td>{to ?? t('comparison.noOffer')}</Table.Td>
            <Table.Td ta="right">
              <Count value={customers} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}
