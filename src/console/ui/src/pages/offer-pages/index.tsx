// The pages of offers, for admins: which offers have one, and an editor beside what agents will see.
import { Button, Paper, Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { OfferView } from '../../../../offer-pages/offer-page-view.js';
import { api } from '../../app/api.js';
import { Empty } from '../../app/components/empty.js';
import { Failure } from '../../app/components/failure.js';
import { Loading } from '../../app/components/loading.js';
import { PageTitle } from '../../app/components/page-title.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { languages as spoken, useT } from '../../app/i18n.js';
import { PageEditor } from './page-editor.js';
import type { Drafts } from './page-editor.js';

export default function OfferPages() {
  const { t } = useT('offer-pages');
  const [edited, edit] = useState<string>();
  const [drafts, setDrafts] = useState<Drafts>(new Map());
  const { data, error, refetch } = useQuery({
    queryKey: ['offers'],
    queryFn: async ({ signal }) =>
      (await api<{ offers: readonly OfferView[] }>('GET', '/offers', undefined, signal)).offers,
  });
  const offer = data?.find((one) => one.offer === edited);
  if (offer !== undefined) {
    return <PageEditor offer={offer} drafts={drafts} onDrafts={setDrafts} onBack={() => edit(undefined)} />;
  }
  return (
    <>
      <PageTitle about={t('about')}>{t('title')}</PageTitle>
      {data === undefined ? (
        error === null ? (
          <Loading what={t('what')} />
        ) : (
          <Failure error={error} title={t('failed')} onRetry={() => void refetch()} />
        )
      ) : (
        <Paper p={0}>
          {data.length === 0 ? (
            <Empty title={t('none')} />
          ) : (
            <OfferTable offers={data} drafts={drafts} onEdit={edit} />
          )}
        </Paper>
      )}
    </>
  );
}

interface OfferTableProps {
  readonly offers: readonly OfferView[];
  readonly drafts: Drafts;
  readonly onEdit: (offer: string) => void;
}

function OfferTable({ offers, drafts, onEdit }: OfferTableProps) {
  const { t } = useT('offer-pages');
  return (
    <ScrollTable label={t('title')} minWidth={560}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('offer')}</Table.Th>
          <Table.Th>{t('partner')}</Table.Th>
          <Table.Th>{t('kind')}</Table.Th>
          <Table.Th>{t('page')}</Table.Th>
          <Table.Th>
            <span className="offer-hidden">{t('edit')}</span>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {offers.map(({ offer, name, partner, kind, hasPage, languages }) => (
          <Table.Tr key={offer}>
            <Table.Th scope="row" fw={500}>
              {name}
              <div className="offer-code">{offer}</div>
            </Table.Th>
            <Table.Td>{partner}</Table.Td>
            <Table.Td>{t(`kinds.${kind}`)}</Table.Td>
            <Table.Td>
              {hasPage ? (
                <StateBadge kind="good">
                  {languages
                    .map((one) => (one in spoken ? spoken[one as keyof typeof spoken] : one))
                    .join(', ')}
                </StateBadge>
              ) : (
                <StateBadge kind="idle">{t('elsewhere')}</StateBadge>
              )}
              {[...drafts.keys()].some((key) => key.startsWith(`${offer} `)) ? (
                <StateBadge kind="warning">{t('unsaved')}</StateBadge>
              ) : null}
            </Table.Td>
            <Table.Td ta="end">
              <Button
                size="xs"
                variant="default"
                aria-label={t(hasPage ? 'editOf' : 'writeOf', { offer: name })}
                onClick={() => onEdit(offer)}
              >
                {t(hasPage ? 'edit' : 'write')}
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}
