// The ladder of a call: its SIP messages while the router has them in memory, else what the decision log knows.
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { CallStoryView, LadderView } from '../../../../board/calls-view.js';
import type { TraceView } from '../../../../trace/trace-view.js';
import { api } from '../../app/api.js';
import { Failure } from '../../app/components/failure.js';
import { Loading } from '../../app/components/loading.js';
import { useT } from '../../app/i18n.js';
import { Panel } from '../board/panel.js';
import { Ladder } from './ladder.js';
import { MessageLadder } from './message-ladder.js';

const whileOpenMs = 5000;

interface LadderPanelProps {
  readonly story: CallStoryView;
  /** More may come of it. */
  readonly isOpen: boolean;
}

export function LadderPanel({ story, isOpen }: LadderPanelProps) {
  const { t } = useT('call');
  const path = encodeURIComponent(story.contact.decisionId);
  const trace = useQuery({
    queryKey: ['calls', 'messages', story.contact.decisionId],
    queryFn: ({ signal }) => api<TraceView>('GET', `/calls/${path}/messages`, undefined, signal),
    refetchInterval: isOpen ? whileOpenMs : false,
  });
  if (trace.isPending) {
    return (
      <Panel title={t('ladder.title')}>
        <Loading />
      </Panel>
    );
  }
  if (trace.data !== undefined && trace.data.messages.length > 0) {
    return (
      <Panel title={t('sip.title')}>
        <MessageLadder trace={trace.data} />
      </Panel>
    );
  }
  return <LogPanel story={story} why={trace.data?.memory.why} />;
}

interface LogPanelProps {
  readonly story: CallStoryView;
  readonly why: TraceView['memory']['why'] | undefined;
}

function LogPanel({ story, why }: LogPanelProps) {
  const { t } = useT('call');
  const { decisionId } = story.contact;
  const ladder = useQuery({
    queryKey: ['calls', 'ladder', decisionId, story.attempts.length, story.usages.length],
    queryFn: ({ signal }) =>
      api<LadderView>('GET', `/calls/${encodeURIComponent(decisionId)}/ladder`, undefined, signal),
  });
  const reasons = { on: 'sip.gone', off: 'sip.off', 'drachtio-server': 'sip.elsewhere' } as const;
  return (
    <Panel title={t('ladder.title')} about={t('ladder.about')}>
      {why === undefined ? null : (
        <Text fz="sm" c="dimmed" mb="xs">
          {t(reasons[why])}
        </Text>
      )}
      {ladder.data === undefined ? null : <Ladder ladder={ladder.data} />}
      {ladder.isPending ? <Loading /> : null}
      {ladder.error === null ? null : <Failure error={ladder.error} onRetry={() => void ladder.refetch()} />}
    </Panel>
  );
}
