// The supervisor board: what is going on now, and today.
import './board.css';
import { Box, Grid, Stack } from '@mantine/core';
import type { BoardState } from '../../../../live/board-state.js';
import { Loading } from '../../app/components/loading.js';
import { PageTitle } from '../../app/components/page-title.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { useLive } from '../../app/live.js';
import { Agents } from './agents.js';
import { Ages } from './ages.js';
import { FailOpen } from './fail-open.js';
import { FigureStrip } from './figure-strip.js';
import { Places } from './places.js';
import { Queues } from './queues.js';
import { CallStream } from './call-stream.js';
import { ValueCharts } from './value-charts.js';

export default function Page() {
  const { t } = useT('board');
  const { data, isLive } = useLive('board');
  return (
    <>
      <PageTitle about={<About board={data} />} actions={<Liveness at={data?.at} isLive={isLive} />}>
        {t('title')}
      </PageTitle>
      {data === undefined ? (
        <Loading what={t('what')} />
      ) : (
        <Stack gap="md" className={isLive ? undefined : 'board-stale'}>
          <FigureStrip board={data} />
          <Queues queues={data.queues} />
          <Grid gap="md">
            <Grid.Col span={{ base: 12, lg: 7 }}>
              <CallStream />
            </Grid.Col>
            <Grid.Col span={{ base: 12, lg: 5 }}>
              <Stack gap="md">
                <Places places={data.places} />
                <FailOpen events={data.failOpenEvents} />
              </Stack>
            </Grid.Col>
          </Grid>
          <ValueCharts totals={data.totals} />
          <Agents agents={data.agents} />
          <Ages ages={data.ages} />
        </Stack>
      )}
    </>
  );
}

/** Which day the figures are of, and whose calls they count. */
function About({ board }: { readonly board: BoardState | undefined }) {
  const { t } = useT('board');
  const { time, dateTime } = useFormat();
  if (board === undefined) return t('about');
  const { since, zone, source, recordsAt, recordsProblem } = board.totals;
  const day = source === 'records' ? t('today', { zone }) : t('sinceStart', { at: dateTime(since), zone });
  if (recordsProblem === undefined) return day;
  const problem =
    recordsAt === undefined
      ? t('recordsNever', { problem: recordsProblem })
      : t('recordsOld', { at: time(recordsAt), problem: recordsProblem });
  return `${day} ${problem}`;
}

function Liveness({ at, isLive }: { readonly at: number | undefined; readonly isLive: boolean }) {
  const { t } = useT('board');
  const { time } = useFormat();
  return (
    <Box role="status">
      {isLive ? (
        <StateBadge kind="good">{t('live')}</StateBadge>
      ) : (
        <StateBadge kind="warning">
          {at === undefined ? t('notLiveYet') : t('notLive', { at: time(at) })}
        </StateBadge>
      )}
    </Box>
  );
}
