// One call: what happened, why, and what became of it.
import '../board/board.css';
import './calls.css';
import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'wouter';
import type { CallStoryView } from '../../../../board/calls-view.js';
import { api, ApiError } from '../../app/api.js';
import { Empty } from '../../app/components/empty.js';
import { Failure } from '../../app/components/failure.js';
import { Moment } from '../../app/components/figures.js';
import { Loading } from '../../app/components/loading.js';
import { PageTitle } from '../../app/components/page-title.js';
import { useT } from '../../app/i18n.js';
import { Panel } from '../board/panel.js';
import { AttemptTable, DispositionTable, ExposureTable } from './call-tables.js';
import { Decisions } from './decisions.js';
import { Facts } from './facts.js';
import { Learned } from './learned.js';
import { LadderPanel } from './ladder-panel.js';
import { Timeline } from './timeline.js';

const retryMs = 1000;
const whileOpenMs = 5000;

/** A call is in the records a moment after its outcome: what is not there is looked for three times more. */
const isMissing = (failures: number, error: Error): boolean =>
  error instanceof ApiError && (error.status === 404 || error.code === 'network') && failures < 3;

/** More may come of it by itself. */
function isOpen({ exposures, outcome }: CallStoryView): boolean {
  return outcome === undefined || exposures.some(({ endedAt }) => endedAt === null);
}

export default function Page() {
  const { t } = useT('call');
  const { id } = useParams<{ id: string }>();
  const path = encodeURIComponent(id);
  const story = useQuery({
    queryKey: ['calls', 'story', id],
    queryFn: ({ signal }) => api<CallStoryView>('GET', `/decisions/${path}`, undefined, signal),
    retry: isMissing,
    retryDelay: retryMs,
    refetchInterval: ({ state: { data } }) => (data !== undefined && isOpen(data) ? whileOpenMs : false),
  });
  const { data, error, refetch } = story;
  return (
    <>
      <PageTitle about={data === undefined ? undefined : <About story={data} />}>{t('title')}</PageTitle>
      {data === undefined && error === null ? <Loading what={t('what')} /> : null}
      {data === undefined && error !== null ? (
        <NotShown error={error} onRetry={() => void refetch()} />
      ) : null}
      {data === undefined ? null : <Story story={data} />}
    </>
  );
}

function About({ story: { contact } }: { readonly story: CallStoryView }) {
  return (
    <>
      <Moment at={contact.startedAt} /> · <span className="tabular">{contact.decisionId}</span>
    </>
  );
}

function Story({ story }: { readonly story: CallStoryView }) {
  const { t } = useT('call');
  return (
    <Stack gap="md">
      <Facts story={story} />
      <Panel title={t('timeline.title')} about={t('timeline.about')}>
        <Timeline story={story} />
      </Panel>
      <LadderPanel story={story} isOpen={isOpen(story)} />
      <Decisions story={story} />
      <Panel title={t('attempts.title')}>
        <AttemptTable story={story} />
      </Panel>
      <Panel title={t('exposures.title')} about={t('exposures.about')}>
        <ExposureTable story={story} />
      </Panel>
      <Panel title={t('dispositions.title')}>
        <DispositionTable story={story} />
      </Panel>
      <Panel title={t('learned.title')} about={t('learned.about')}>
        <Learned story={story} />
      </Panel>
    </Stack>
  );
}

/** No such call, not yours, or several of one Call-ID. */
function NotShown({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  const { t } = useT('call');
  if (!(error instanceof ApiError)) return <Failure error={error} onRetry={onRetry} />;
  if (error.code === 'several-calls') {
    const { calls = [] } = error.body as {
      readonly calls?: readonly { readonly decisionId: string; readonly startedAt: string }[];
    };
    return (
      <Panel title={t('several')}>
        <ul className="calls-timeline">
          {calls.map(({ decisionId, startedAt }) => (
            <li key={decisionId}>
              <Moment at={startedAt} />
              <Anchor component={Link} href={`/calls/${encodeURIComponent(decisionId)}`} fz="sm">
                {decisionId}
              </Anchor>
            </li>
          ))}
        </ul>
      </Panel>
    );
  }
  if (error.status === 404 || error.status === 403) {
    return (
      <Empty title={t('unknown')}>
        <Text fz="sm">{t('unknownWhy')}</Text>
        <Anchor component="button" fz="sm" onClick={onRetry}>
          {t('lookAgain')}
        </Anchor>
      </Empty>
    );
  }
  return <Failure error={error} title={t('failed')} onRetry={onRetry} />;
}
