// Generations of strategies: what was published of each partner, what changed between two, and the way back.
import { Alert, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { GenerationsView, GenerationView } from '../../../../generations/generations-view.js';
import { api } from '../../app/api.js';
import { useNow } from '../../app/clock.js';
import { Empty } from '../../app/components/empty.js';
import { Failure } from '../../app/components/failure.js';
import { Loading } from '../../app/components/loading.js';
import { PageTitle } from '../../app/components/page-title.js';
import { useT } from '../../app/i18n.js';
import { useSession } from '../../app/session.js';
import { PartnerGenerations } from './partner-generations.js';
import { PublishDialog } from './publish-dialog.js';

const generationsKey = ['generations'] as const;

export default function Page() {
  const { t } = useT('generations');
  const { role } = useSession();
  const [chosen, setChosen] = useState<GenerationView>();
  const { data, error, refetch } = useQuery({
    queryKey: generationsKey,
    queryFn: ({ signal }) => api<GenerationsView>('GET', '/generations', undefined, signal),
    refetchInterval: ({ state }) => (state.data?.publication?.state === 'running' ? 2000 : 15_000),
  });
  const partners = [...new Set(data?.generations.map((one) => one.partner))];
  return (
    <>
      <PageTitle about={t('about')}>{t('title')}</PageTitle>
      <Stack gap="md">
        <Publication view={data?.publication ?? null} />
        {error === null ? null : <Failure error={error} title={t('failed')} onRetry={() => void refetch()} />}
        {data === undefined ? (
          error === null ? (
            <Loading what={t('what')} />
          ) : null
        ) : partners.length === 0 ? (
          <Empty title={t('none.title')}>{t('none.text')}</Empty>
        ) : (
          partners.map((partner) => (
            <PartnerGenerations
              key={partner}
              partner={partner}
              generations={data.generations.filter((one) => one.partner === partner)}
              onPublish={role === 'admin' ? setChosen : undefined}
            />
          ))
        )}
        {data === undefined ? null : (
          <Text fz="xs" c="dimmed">
            {t('store', { store: data.store })}
          </Text>
        )}
      </Stack>
      <PublishDialog
        generation={chosen}
        current={data?.generations.find((one) => one.partner === chosen?.partner && one.state === 'current')}
        onClose={() => setChosen(undefined)}
      />
    </>
  );
}

function Publication({ view }: { readonly view: GenerationsView['publication'] }) {
  const { t } = useT('generations');
  const colours = { running: 'blue', published: 'green', refused: 'red' } as const;
  const now = useNow();
  // What somebody did is news for ten minutes.
  const isNews = view !== null && now - Date.parse(view.at) < 600_000;
  return (
    <div aria-live="polite">
      {view === null || !isNews ? null : (
        <Alert color={colours[view.state]} title={t(`publication.${view.state}`, { ...view })}>
          {view.state === 'refused'
            ? view.message
            : view.state === 'running'
              ? t('publication.reading')
              : t(view.isSeen ? 'publication.seen' : 'publication.unseen', { by: view.by })}
        </Alert>
      )}
    </div>
  );
}
