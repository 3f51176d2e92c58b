// The agent desktop: status, the calls of the agent, the offers that go with them, and what became of those.
import { Alert, Paper, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeskCall } from '../../../../live/desk-state.js';
import { api } from '../../app/api.js';
import { useNow } from '../../app/clock.js';
import { Empty } from '../../app/components/empty.js';
import { useErrorText } from '../../app/components/failure.js';
import { WarningIcon } from '../../app/components/icons.js';
import { Loading } from '../../app/components/loading.js';
import { PageTitle } from '../../app/components/page-title.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { useLive } from '../../app/live.js';
import { CallTabs } from './call-tabs.js';
import { CallView } from './call-view.js';
import { useResync } from './desk-data.js';
import './desk.css';
import { useDrafts } from './drafts.js';
import { StatusChooser } from './status-chooser.js';
import { Today } from './today.js';
import { Undispositioned } from './undispositioned.js';
import { useShownCall } from './use-shown-call.js';

const none: readonly DeskCall[] = [];

export default function DeskPage() {
  const { t } = useT('desk');
  const { data, isLive } = useLive('desk');
  const calls = data?.calls ?? none;
  const [call, show] = useShownCall(calls);
  const drafts = useDrafts();
  const errorText = useErrorText();
  const [openForm, openTheForm] = useState<string>();
  useResync(data, isLive);
  const dismiss = useMutation({
    mutationFn: (decisionId: string) => api('DELETE', `/desk/calls/${encodeURIComponent(decisionId)}`),
  });
  return (
    <>
      <PageTitle actions={<StatusChooser agents={data?.agents ?? []} isLive={isLive} />}>
        {t('title')}
      </PageTitle>
      <NotLive isLive={isLive} wasLive={data !== undefined} />
      <Stale calls={calls} isLive={isLive} />
      <Stack gap="md">
        <Today />
        <Announcer call={call} isLive={isLive} />
        <CallTabs calls={calls} isLive={isLive} shown={call?.decisionId} onShow={show} />
        {call === undefined ? (
          <Paper>
            {data === undefined ? (
              <Loading what={t('loading')} />
            ) : (
              <NoCall isLive={isLive} isAgent={data.agents.length > 0} />
            )}
          </Paper>
        ) : (
          <CallView
            key={call.decisionId}
            call={call}
            isLive={isLive && !call.isStale}
            drafts={drafts}
            hasKeys={openForm === undefined}
            onDismiss={() => dismiss.mutate(call.decisionId)}
            isDismissing={dismiss.isPending}
          />
        )}
        {dismiss.error === null ? null : (
          <Text fz="sm" c="red" role="alert">
            {t('call.dismissFailed', { message: errorText(dismiss.error) })}
          </Text>
        )}
        <Undispositioned
          drafts={drafts}
          onDesk={calls.map(({ decisionId }) => decisionId)}
          onShow={show}
          opened={openForm}
          onOpen={openTheForm}
        />
      </Stack>
    </>
  );
}

interface NotLiveProps {
  readonly isLive: boolean;
  readonly wasLive: boolean;
}

/** Says since when the page is not live: by this computer's clock. */
function NotLive({ isLive, wasLive }: NotLiveProps) {
  const { t } = useT('desk');
  const { time } = useFormat();
  const now = useNow();
  const isLost = wasLive && !isLive;
  const [since, set] = useState<number>();
  if (isLost !== (since !== undefined)) set(isLost ? now : undefined);
  return (
    <div role="status" className="desk-not-live">
      {since === undefined ? null : (
        <Alert
          color="yellow"
          variant="light"
          icon={<WarningIcon />}
          mb="md"
          title={t('notLive.title', { time: time(since) })}
        >
          {t('notLive.text')}
        </Alert>
      )}
    </div>
  );
}

/** The link to the router is there, and a centre's is not. */
function Stale({ calls, isLive }: { readonly calls: readonly DeskCall[]; readonly isLive: boolean }) {
  const { t } = useT('desk');
  const centres = [...new Set(calls.filter(({ isStale }) => isStale).map(({ centre }) => centre))];
  return (
    <div role="status">
      {isLive && centres.length > 0 ? (
        <Alert color="yellow" variant="light" icon={<WarningIcon />} mb="md">
          {t('notLive.centre', { centre: centres.join(', ') })}
        </Alert>
      ) : null}
    </div>
  );
}

function NoCall({ isLive, isAgent }: { readonly isLive: boolean; readonly isAgent: boolean }) {
  const { t } = useT('desk');
  const why = !isLive ? 'notLive' : isAgent ? 'text' : 'noAgent';
  return <Empty title={t('noCall.title')}>{t(`noCall.${why}`)}</Empty>;
}

/** Says to those who do not see it that a call is there and what lit with it. */
function Announcer({ call, isLive }: { readonly call: DeskCall | undefined; readonly isLive: boolean }) {
  const { t } = useT('desk');
  const words =
    call === undefined || !isLive || call.isStale
      ? []
      : [
          t('announce.call', { state: t(`call.${call.state}`), queue: call.queue }),
          ...(call.service === undefined ? [] : [t('announce.service', { offer: call.service.name })]),
          ...(call.sales === undefined ? [] : [t('announce.sales', { offer: call.sales.name })]),
        ];
  return (
    <VisuallyHidden role="status" aria-live="assertive">
      {words.join(' ')}
    </VisuallyHidden>
  );
}
