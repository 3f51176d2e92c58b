// The figures that are read from afar.
import { Paper } from '@mantine/core';
import type { BoardState } from '../../../../live/board-state.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';

interface Figure {
  readonly name: string;
  readonly main: string;
  readonly side: string;
}

export function FigureStrip({ board }: { readonly board: BoardState }) {
  const figures = useFigures(board);
  return (
    <dl className="board-figures" style={{ margin: 0 }}>
      {figures.map(({ name, main, side }) => (
        <Paper key={name} className="board-figure" px="sm" py={6}>
          <dt>{name}</dt>
          <dd className="main">{main}</dd>
          <dd className="side">{side}</dd>
        </Paper>
      ))}
    </dl>
  );
}

function useFigures({ totals, queues, agents }: BoardState): readonly Figure[] {
  const { t } = useT('board');
  const { count, percent } = useFormat();
  const known = queues.flatMap(({ waiting }) => (waiting === undefined ? [] : [waiting]));
  const waiting = known.reduce((sum, one) => sum + one, 0);
  const staffed = agents.filter(({ shownAs }) => shownAs !== 'logged-out' && shownAs !== 'unknown');
  const free = staffed.filter(({ shownAs }) => shownAs === 'free').length;
  const sum = (key: 'value' | 'acceptedValue'): number | undefined =>
    totals.byArm.reduce<number | undefined>((all, one) => {
      const value = one[key];
      return value === undefined ? all : (all ?? 0) + value;
    }, undefined);
  const shownMoney = (value: number | undefined): string =>
    value === undefined ? '–' : count(Math.round(value));
  const share = (part: number): string => (totals.calls === 0 ? '–' : percent(part / totals.calls));
  return [
    {
      name: t('figures.waiting'),
      main: known.length === 0 ? '–' : count(waiting),
      side: t('figures.waitingSide', { count: queues.filter(({ waiting: w = 0 }) => w > 0).length }),
    },
    {
      name: t('figures.free'),
      main: agents.length === 0 ? '–' : count(free),
      side: t('figures.freeSide', { staffed: count(staffed.length) }),
    },
    { name: t('figures.calls'), main: count(totals.calls), side: t('figures.callsSide') },
    {
      name: t('figures.offered'),
      main: count(totals.offered),
      side: t('figures.ofCalls', { share: share(totals.offered) }),
    },
    {
      name: t('figures.value'),
      main: shownMoney(sum('value')),
      side: t('figures.valueSide', { accepted: shownMoney(sum('acceptedValue')) }),
    },
    {
      name: t('figures.abandoned'),
      main: count(totals.abandoned),
      side: t('figures.ofCalls', { share: share(totals.abandoned) }),
    },
    {
      name: t('figures.failOpen'),
      main: count(totals.failOpen),
      side: t('figures.ofCalls', { share: share(totals.failOpen) }),
    },
  ];
}
