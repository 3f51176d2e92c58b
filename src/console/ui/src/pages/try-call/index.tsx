// Try a call: who calls whom, when, and how busy everybody is; the decision, and everything that led to it.
import { Paper, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useSearch } from 'wouter';
import type { TryCallChoices, TryCallView } from '../../../../try-call/try-call-view.js';
import { api } from '../../app/api.js';
import { Empty } from '../../app/components/empty.js';
import { Failure } from '../../app/components/failure.js';
import { Loading } from '../../app/components/loading.js';
import { PageTitle } from '../../app/components/page-title.js';
import { useT } from '../../app/i18n.js';
import { CallForm } from './call-form.js';
import { draftOf, questionOf, searchOf } from './question.js';
import type { Draft } from './question.js';
import { Result } from './result.js';

export default function Page() {
  const { t } = useT('try-call');
  const search = useSearch();
  const [path, go] = useLocation();
  const asked = draftOf(search);
  const [draft, setDraft] = useState<Draft>(asked);
  const question = questionOf(asked);
  const choices = useQuery({
    queryKey: ['try-call', 'choices'],
    queryFn: ({ signal }) => api<TryCallChoices>('GET', '/try-call/choices', undefined, signal),
    staleTime: 60_000,
  });
  const answer = useQuery({
    queryKey: ['try-call', question],
    queryFn: ({ signal }) => api<TryCallView>('POST', '/try-call', question, signal),
    enabled: question !== undefined,
    // What was decided is shown until somebody asks again.
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
  const submit = () => {
    const next = searchOf(draft);
    if (next === searchOf(asked)) void answer.refetch();
    else go(`${path}?${next}`);
  };
  return (
    <>
      <PageTitle about={t('about')}>{t('title')}</PageTitle>
      <Stack gap="md">
        <Paper component="section" aria-label={t('form.label')}>
          <CallForm
            draft={draft}
            onChange={setDraft}
            onSubmit={submit}
            choices={choices.data}
            isBusy={answer.isFetching}
          />
        </Paper>
        {choices.error === null ? null : <Failure error={choices.error} />}
        {question === undefined ? (
          <Paper>
            <Empty title={t('none.title')}>{t('none.text')}</Empty>
          </Paper>
        ) : answer.error !== null ? (
          <Failure error={answer.error} title={t('failed')} onRetry={() => void answer.refetch()} />
        ) : answer.data === undefined ? (
          <Loading what={t('decision')} />
        ) : (
          <Result call={answer.data} board={asked.board} link={`${path}?${search}`} />
        )}
      </Stack>
    </>
  );
}
