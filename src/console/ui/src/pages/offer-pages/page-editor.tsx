// The page of one offer in each language, as text and as agents will see it. Of two admins at once the second is told.
import { Alert, Button, Group, Paper, Tabs, Text, Textarea, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { OfferPageSaved, OfferPageView, OfferView } from '../../../../offer-pages/offer-page-view.js';
import { api, ApiError } from '../../app/api.js';
import { Failure } from '../../app/components/failure.js';
import { CheckIcon, WarningIcon } from '../../app/components/icons.js';
import { Loading } from '../../app/components/loading.js';
import { PageTitle } from '../../app/components/page-title.js';
import { languages, useT } from '../../app/i18n.js';
import './offer-pages.css';

/** What the text may name; further fields as partners[].scriptFields allows. */
const placeholders = '{{customer.name}}, {{agent.name}}, {{partner.name}}, {{offer.name}}';

const OfferMarkdown = lazy(() => import('./offer-markdown.js'));

/** What was typed and is not saved: by `OFFER LANGUAGE`. */
export type Drafts = ReadonlyMap<string, { readonly text: string; readonly version: string | null }>;

export interface PageEditorProps {
  readonly offer: OfferView;
  readonly drafts: Drafts;
  readonly onDrafts: (drafts: Drafts) => void;
  readonly onBack: () => void;
}

export function PageEditor({ offer, drafts, onDrafts, onBack }: PageEditorProps) {
  const { t, language } = useT('offer-pages');
  const [shown, show] = useState<string>(offer.languages[0] ?? language);
  const all = [...new Set([...Object.keys(languages), ...offer.languages])];
  return (
    <>
      <PageTitle
        about={`${offer.offer}, ${offer.partner}`}
        actions={
          <Button variant="default" size="sm" onClick={onBack}>
            {t('back')}
          </Button>
        }
      >
        {offer.name}
      </PageTitle>
      <Tabs value={shown} onChange={(value) => value !== null && show(value)} keepMounted={false}>
        <Tabs.List aria-label={t('languages')} mb="md">
          {all.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {one in languages ? languages[one as keyof typeof languages] : one}
              {drafts.has(`${offer.offer} ${one}`) ? ` (${t('unsaved')})` : ''}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {all.map((one) => (
          <Tabs.Panel key={one} value={one}>
            <LanguageEditor offer={offer.offer} language={one} drafts={drafts} onDrafts={onDrafts} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}

interface LanguageEditorProps extends Pick<PageEditorProps, 'drafts' | 'onDrafts'> {
  readonly offer: string;
  readonly language: string;
}

function LanguageEditor({ offer, language, drafts, onDrafts }: LanguageEditorProps) {
  const { t } = useT('offer-pages');
  const queries = useQueryClient();
  const key = `${offer} ${language}`;
  const path = `/offers/${encodeURIComponent(offer)}/page`;
  const queryKey = ['offer-page-raw', offer, language];
  const { data, error, refetch } = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      api<OfferPageView>('GET', `${path}?raw=true&language=${language}`, undefined, signal),
  });
  const without = () => new Map([...drafts].filter(([one]) => one !== key));
  const save = useMutation({
    mutationFn: (page: { markdown: string; version: string | null }) =>
      api<OfferPageSaved>('PUT', path, { language, ...page }),
    onSuccess: ({ version }, { markdown }) => {
      queries.setQueryData<OfferPageView>(queryKey, (known) => known && { ...known, version, markdown });
      onDrafts(without());
      void queries.invalidateQueries({ queryKey: ['offers'] });
      void queries.invalidateQueries({ queryKey: ['offer-page'] });
    },
  });
  if (data === undefined) {
    return error === null ? (
      <Loading what={t('text')} />
    ) : (
      <Failure error={error} onRetry={() => void refetch()} />
    );
  }
  const draft = drafts.get(key);
  const { text, version } = draft ?? { text: data.markdown, version: data.version };
  const type = (typed: string) => {
    save.reset();
    onDrafts(typed === data.markdown ? without() : new Map([...drafts, [key, { text: typed, version }]]));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ markdown: text, version });
      }}
    >
      <Group mb="md" gap="sm">
        <Button type="submit" loading={save.isPending} disabled={draft === undefined}>
          {t('save')}
        </Button>
        {draft === undefined ? null : (
          <Button variant="default" onClick={() => onDrafts(without())}>
            {t('discard')}
          </Button>
        )}
        <Text role="status" fz="sm">
          {save.isSuccess ? (
            <>
              <CheckIcon size={14} /> {t(save.data.version === null ? 'removed' : 'saved')}
            </>
          ) : null}
        </Text>
      </Group>
      <Trouble
        error={save.error}
        onTheirs={() => {
          save.reset();
          onDrafts(without());
          void refetch();
        }}
        onMine={(theirs) => save.mutate({ markdown: text, version: theirs })}
      />
      <div className="offer-editor">
        <div>
          <Textarea
            label={t('markdown')}
            description={t('placeholders', { names: placeholders })}
            autosize
            minRows={18}
            maxRows={34}
            maxLength={65_536}
            value={text}
            onChange={({ currentTarget }) => type(currentTarget.value)}
          />
        </div>
        <Paper component="section" aria-labelledby="offer-preview">
          <Title order={2} id="offer-preview" mb="xs">
            {t('preview')}
          </Title>
          {text.trim() === '' ? (
            <Text fz="sm" c="dimmed">
              {t('empty')}
            </Text>
          ) : (
            <Suspense fallback={<Loading />}>
              <OfferMarkdown>{text}</OfferMarkdown>
            </Suspense>
          )}
        </Paper>
      </div>
    </form>
  );
}

interface TroubleProps {
  readonly error: Error | null;
  readonly onTheirs: () => void;
  /** @param version of the page that is there now */
  readonly onMine: (version: string | null) => void;
}

function Trouble({ error, onTheirs, onMine }: TroubleProps) {
  const { t } = useT('offer-pages');
  if (error === null) return null;
  if (!(error instanceof ApiError) || error.code !== 'conflict') {
    return <Failure error={error} title={t('notSaved')} />;
  }
  const { version } = error.body as { readonly version: string | null };
  return (
    <Alert
      role="alert"
      color="yellow"
      variant="light"
      icon={<WarningIcon />}
      mb="md"
      title={t('conflict.title')}
    >
      <Text fz="sm" mb="xs">
        {t('conflict.text')}
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={onTheirs}>
          {t('conflict.theirs')}
        </Button>
        <Button size="xs" variant="default" onClick={() => onMine(version)}>
          {t('conflict.mine')}
        </Button>
      </Group>
    </Alert>
  );
}
