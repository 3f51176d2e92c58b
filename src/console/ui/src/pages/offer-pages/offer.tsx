// One offer on a page of its own, for agents who have another desktop: /offers/CODE?decision=ID.
import { Alert, Paper } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearchParams } from 'wouter';
import type { OfferView } from '../../../../offer-pages/offer-page-view.js';
import { api } from '../../app/api.js';
import { Empty } from '../../app/components/empty.js';
import { Failure } from '../../app/components/failure.js';
import { WarningIcon } from '../../app/components/icons.js';
import { Loading } from '../../app/components/loading.js';
import { PageTitle } from '../../app/components/page-title.js';
import { useT } from '../../app/i18n.js';
import { OfferContent } from './offer-content.js';

export default function OfferPage() {
  const { t } = useT('offer');
  const { offer: code } = useParams<{ offer: string }>();
  const [query] = useSearchParams();
  const { data, error, refetch } = useQuery({
    queryKey: ['offers'],
    queryFn: async ({ signal }) =>
      (await api<{ offers: readonly OfferView[] }>('GET', '/offers', undefined, signal)).offers,
  });
  const offer = data?.find((one) => one.offer === code);
  if (offer === undefined) {
    return (
      <>
        <PageTitle>{t('title')}</PageTitle>
        {data !== undefined ? (
          <Empty title={t('unknown', { offer: code })} />
        ) : error === null ? (
          <Loading what={t('what')} />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} title={t('failed')} />
        )}
      </>
    );
  }
  return (
    <>
      <PageTitle about={t(offer.kind)}>{offer.name}</PageTitle>
      {offer.kind === 'service' ? (
        <Alert color="yellow" variant="light" icon={<WarningIcon />} mb="md" p="xs">
          {t('serviceAlone')}
        </Alert>
      ) : null}
      <Paper maw={860}>
        <OfferContent offer={offer} decisionId={query.get('decision') ?? undefined} />
      </Paper>
    </>
  );
}
