// The ladder of a call as a drawing; the same rows stand beside it as a list for those who do not see it.
import { VisuallyHidden } from '@mantine/core';
import type { LadderRow, LadderView } from '../../../../board/calls-view.js';
import { useT } from '../../app/i18n.js';
import { useOffset } from './offset.js';

const laneWidth = 180;
const rowHeight = 30;
const top = 44;
const timeWidth = 84;
/** Signs that fit between two lanes. */
const mostSigns = 26;

export function Ladder({ ladder }: { readonly ladder: LadderView }) {
  const { t } = useT('call');
  const offset = useOffset();
  const { lanes, rows } = ladder;
  const x = (lane: number): number => timeWidth + 60 + lane * laneWidth;
  const width = x(lanes.length - 1) + 100;
  const height = top + rows.length * rowHeight + 16;
  const timeText = ({ atMs, isTimeKnown }: LadderRow): string => `${isTimeKnown ? '' : '≥ '}${offset(atMs)}`;
  return (
    <>
      <VisuallyHidden>
        <ol>
          {rows.map((row, i) => (
            <li key={i}>
              {t(row.from === row.to ? 'ladder.at' : 'ladder.row', {
                time: timeText(row),
                from: lanes[row.from]?.id,
                to: lanes[row.to]?.id,
                text: row.text,
              })}
            </li>
          ))}
        </ol>
      </VisuallyHidden>
      {/* What scrolls has to take the focus, or no keyboard can scroll it. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="scroller" role="region" aria-label={t('ladder.title')} tabIndex={0}>
        <svg className="ladder" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden>
          {lanes.map(({ id, kind }, lane) => (
            <g key={`${kind} ${id}`}>
              <text className="lane-name" x={x(lane)} y={16} textAnchor="middle">
                {id}
              </text>
              <text className="pale" x={x(lane)} y={31} textAnchor="middle">
                {t(`ladder.kinds.${kind}`)}
              </text>
              <line className="lane" x1={x(lane)} x2={x(lane)} y1={top - 6} y2={height} />
            </g>
          ))}
          {rows.map((row, i) => {
            const y = top + i * rowHeight + 20;
            return (
              <g key={i}>
                <text className="pale" x={timeWidth - 8} y={y + 4} textAnchor="end">
                  {timeText(row)}
                </text>
                <Row row={row} x={x} y={y} />
              </g>
            );
          })}
        </svg>
      </div>
    </>
  );
}

interface RowProps {
  readonly row: LadderRow;
  readonly x: (lane: number) => number;
  readonly y: number;
}

function Row({ row, x, y }: RowProps) {
  const { from, to, tone } = row;
  const start = x(from);
  const text = row.text.length > mostSigns ? `${row.text.slice(0, mostSigns - 1)}…` : row.text;
  if (from === to) {
    return (
      <g className={tone}>
        <circle className="head" cx={start} cy={y} r={4} />
        <text x={start + 10} y={y + 4}>
          {row.text}
        </text>
      </g>
    );
  }
  const end = x(to);
  const way = Math.sign(end - start);
  const tip = end - way * 2;
  const dashes = row.isTimeKnown ? {} : { strokeDasharray: '5 3' };
  return (
    <g className={tone}>
      <line className="arrow" x1={start} x2={tip} y1={y} y2={y} {...dashes} />
      <path className="head" d={`M${tip} ${y}l${-way * 8} -4v8z`} />
      <text x={start + (way * laneWidth) / 2} y={y - 5} textAnchor="middle">
        <title>{row.text}</title>
        {text}
      </text>
    </g>
  );
}
