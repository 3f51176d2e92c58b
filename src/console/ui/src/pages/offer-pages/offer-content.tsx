// What is to be read of an offer: its page here, filled for the caller, or the way to the one elsewhere.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import type { OfferPageView } from '../../../../offer-pages/offer-page-view.js';
import { api, ApiError } from '../../app/api.js';
import { Failure } from '../../app/components/failure.js';
import { Loading } from '../../app/components/loading.js';
import { useT } from '../../app/i18n.js';
import './offer-pages.css';
import { urlForCall } from './offer-url.js';

const OfferMarkdown = lazy(() => import('./offer-markdown.js'));

export interface OfferContentProps {
  readonly offer: {
    readonly offer: string;
    readonly name: string;
    readonly url: string;
    readonly hasPage: boolean;
  };
  /** Of the call that it is presented on; undefined: it is filled with nothing of a caller. */
  readonly decisionId: string | undefined;
  /** Scrolls in itself. Default false. */
  readonly isBounded?: boolean;
}

export function OfferContent({ offer, decisionId, isBounded = false }: OfferContentProps) {
  return offer.hasPage ? (
    <OurPage offer={offer.offer} decisionId={decisionId} isBounded={isBounded} />
  ) : (
    <PageElsewhere key={offer.offer} offer={offer} decisionId={decisionId} />
  );
}

interface OurPageProps {
  readonly offer: string;
  readonly decisionId: string | undefined;
  readonly isBounded: boolean;
}

function OurPage({ offer, decisionId, isBounded }: OurPageProps) {
  const { t, language } = useT('offer');
  const { data, error, refetch } = useQuery({
    queryKey: ['offer-page', offer, decisionId ?? null, language],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({
        language,
        ...(decisionId === undefined ? {} : { decision: decisionId }),
      });
      return api<OfferPageView>(
        'GET',
        `/offers/${encodeURIComponent(offer)}/page?${query}`,
        undefined,
        signal,
      );
    },
  });
  if (data === undefined) {
    if (error === null) return <Loading what={t('what')} />;
    // Anybody may read the page; what is known of that caller is for whoever had the call.
    if (error instanceof ApiError && error.code === 'not-your-call')
      return <Text fz="sm">{t('notYours')}</Text>;
    return <Failure error={error} onRetry={() => void refetch()} title={t('failed')} />;
  }
  const content = (
    <>
      {data.blanks.length === 0 ? null : (
        <Text fz="xs" c="dimmed" mb="xs">
          {t('blanks', { names: data.blanks.join(', ') })}
        </Text>
      )}
      <Suspense fallback={<Loading what={t('what')} />}>
        <OfferMarkdown>{data.markdown}</OfferMarkdown>
      </Suspense>
    </>
  );
  if (!isBounded) return content;
  return (
    // What scrolls has to take the focus, or no keyboard can scroll it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="offer-bounded" role="region" aria-label={t('text')} tabIndex={0}>
      {content}
    </div>
  );
}

function PageElsewhere({ offer, decisionId }: Omit<OfferContentProps, 'isBounded'>) {
  const { t } = useT('offer');
  const [isShown, show] = useState(false);
  const url = urlForCall(offer.url, decisionId);
  if (url === undefined) return <Text fz="sm">{t('noUrl')}</Text>;
  return (
    <Stack gap="sm">
      <Text fz="sm">{t('elsewhere', { host: url.host })}</Text>
      <Group gap="xs">
        <Button component="a" href={url.href} target="_blank" rel="noopener noreferrer">
          {t('newTab')}
        </Button>
        {url.protocol === 'https:' ? (
          <Button variant="default" aria-expanded={isShown} onClick={() => show(!isShown)}>
            {t(isShown ? 'hide' : 'here')}
          </Button>
        ) : null}
      </Group>
      {isShown ? (
        <iframe
          className="offer-frame"
          title={offer.name}
          src={url.href}
          sandbox="allow-scripts allow-forms allow-popups"
          referrerPolicy="no-referrer"
        />
      ) : null}
    </Stack>
  );
}
