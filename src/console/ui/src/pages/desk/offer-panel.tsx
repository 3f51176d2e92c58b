// What an icon opens: the page of the offer that is kept here, filled for the caller, or the one elsewhere.
import { Alert, Button, CloseButton, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { OfferPageView } from '../../../../offer-pages/offer-page-view.js';
import { api } from '../../app/api.js';
import { Failure } from '../../app/components/failure.js';
import { WarningIcon } from '../../app/components/icons.js';
import { Loading } from '../../app/components/loading.js';
import { useT } from '../../app/i18n.js';
import type { CallOffer } from './call-offers.js';
import { urlForCall } from './offer-url.js';

const OfferMarkdown = lazy(() => import('../offer-pages/offer-markdown.js'));

export interface OfferPanelProps {
  readonly offer: CallOffer;
  readonly decisionId: string;
  /** There is a sales offer, too, which comes after this one. */
  readonly isFirst: boolean;
  /** Another each time that a person opens it: then it takes the focus. 0: it opened by itself. */
  readonly opened: number;
  readonly onClose: () => void;
}

export function OfferPanel({ offer, decisionId, isFirst, opened, onClose }: OfferPanelProps) {
  const { t } = useT('desk');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (opened > 0) heading.current?.focus();
  }, [opened, offer.offer]);
  return (
    // Escape closes it from within; the button does the same.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      className="desk-panel"
      aria-labelledby="desk-panel-title"
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <Paper>
        <Group justify="space-between" wrap="nowrap" align="flex-start" mb="xs">
          <div>
            <Text fz="xs" c="dimmed" fw={600}>
              {t(`panel.${offer.kind}`)}
            </Text>
            <Title order={2} id="desk-panel-title" tabIndex={-1} ref={heading}>
              {offer.name}
            </Title>
          </div>
          <CloseButton aria-label={t('panel.close')} onClick={onClose} />
        </Group>
        {offer.kind === 'service' ? (
          <Alert color="yellow" variant="light" icon={<WarningIcon />} mb="sm" p="xs">
            {t(isFirst ? 'panel.serviceFirst' : 'panel.serviceAlone')}
          </Alert>
        ) : null}
        {offer.hasPage ? (
          <OurPage offer={offer.offer} decisionId={decisionId} />
        ) : (
          <PageElsewhere key={offer.offer} offer={offer} decisionId={decisionId} />
        )}
      </Paper>
    </section>
  );
}

function OurPage({ offer, decisionId }: { readonly offer: string; readonly decisionId: string }) {
  const { t, language } = useT('desk');
  const { data, error, refetch } = useQuery({
    queryKey: ['offer-page', offer, decisionId, language],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ decision: decisionId, language });
      return api<OfferPageView>(
        'GET',
        `/offers/${encodeURIComponent(offer)}/page?${query}`,
        undefined,
        signal,
      );
    },
  });
  if (data === undefined) {
    return error === null ? (
      <Loading what={t('panel.what')} />
    ) : (
      <Failure error={error} onRetry={() => void refetch()} title={t('panel.failed')} />
    );
  }
  return (
    // What scrolls has to take the focus, or no keyboard can scroll it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="desk-page" role="region" aria-label={t('panel.text')} tabIndex={0}>
      {data.blanks.length === 0 ? null : (
        <Text fz="xs" c="dimmed" mb="xs">
          {t('panel.blanks', { names: data.blanks.join(', ') })}
        </Text>
      )}
      <Suspense fallback={<Loading what={t('panel.what')} />}>
        <OfferMarkdown>{data.markdown}</OfferMarkdown>
      </Suspense>
    </div>
  );
}

interface PageElsewhereProps {
  readonly offer: CallOffer;
  readonly decisionId: string;
}

function PageElsewhere({ offer, decisionId }: PageElsewhereProps) {
  const { t } = useT('desk');
  const [isShown, show] = useState(false);
  const url = urlForCall(offer.url, decisionId);
  if (url === undefined) return <Text fz="sm">{t('panel.noUrl')}</Text>;
  return (
    <Stack gap="sm">
      <Text fz="sm">{t('panel.elsewhere', { host: url.host })}</Text>
      <Group gap="xs">
        <Button component="a" href={url.href} target="_blank" rel="noopener noreferrer">
          {t('panel.newTab')}
        </Button>
        {url.protocol === 'https:' ? (
          <Button variant="default" aria-expanded={isShown} onClick={() => show(!isShown)}>
            {t(isShown ? 'panel.hide' : 'panel.here')}
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
