import { Autocomplete, Button, Code, Group, Modal, Paper, Stack, Table, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiKeyView } from '../../../../people/person-view.js';
import { api } from '../../app/api.js';
import { Confirm } from '../../app/components/confirm.js';
import { Empty } from '../../app/components/empty.js';
import { Failure } from '../../app/components/failure.js';
import { Ago, Moment } from '../../app/components/figures.js';
import { PlusIcon } from '../../app/components/icons.js';
import { Loading } from '../../app/components/loading.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { useT } from '../../app/i18n.js';
import { usePartners } from './partners-query.js';
import { SecretDialog } from './secret-dialog.js';

const keysKey = ['api-keys'] as const;

export function KeysTab() {
  const { t } = useT('people');
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: keysKey,
    queryFn: ({ signal }) => api<{ keys: ApiKeyView[] }>('GET', '/api-keys', undefined, signal),
  });
  const [isMaking, setMaking] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [ending, setEnding] = useState<ApiKeyView>();
  const end = useMutation({
    mutationFn: ({ key }: ApiKeyView) => api('DELETE', `/api-keys/${encodeURIComponent(key)}`),
    onSuccess: () => {
      setEnding(undefined);
      void queries.invalidateQueries({ queryKey: keysKey });
    },
  });
  if (error !== null)
    return <Failure error={error} title={t('keys.failed')} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what={t('keys.what')} />;
  return (
    <>
      <Group justify="flex-end" mb="sm">
        <Button leftSection={<PlusIcon size={14} />} onClick={() => setMaking(true)}>
          {t('keys.make')}
        </Button>
      </Group>
      <Paper p={0}>
        {data.keys.length === 0 ? (
          <Empty title={t('keys.none')}>{t('keys.noneText')}</Empty>
        ) : (
          <KeyTable keys={data.keys} onEnd={setEnding} />
        )}
      </Paper>
      {isMaking ? <NewKeyDialog onClose={() => setMaking(false)} onMade={setSecret} /> : null}
      <SecretDialog
        secret={secret}
        title={t('keys.madeTitle')}
        label={t('keys.secret')}
        text={t('keys.madeText')}
        onClose={() => setSecret(undefined)}
      />
      <Confirm
        isOpen={ending !== undefined}
        title={t('keys.endTitle', { name: ending?.name ?? '' })}
        action={t('keys.end')}
        isPending={end.isPending}
        error={end.error}
        onConfirm={() => {
          if (ending !== undefined) end.mutate(ending);
        }}
        onClose={() => {
          end.reset();
          setEnding(undefined);
        }}
      >
        {t('keys.endText')}
      </Confirm>
    </>
  );
}

interface KeyTableProps {
  readonly keys: readonly ApiKeyView[];
  readonly onEnd: (key: ApiKeyView) => void;
}

function KeyTable({ keys, onEnd }: KeyTableProps) {
  const { t } = useT('people');
  return (
    <ScrollTable label={t('tabs.keys')} minWidth={760}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('keys.name')}</Table.Th>
          <Table.Th>{t('keys.partner')}</Table.Th>
          <Table.Th>{t('keys.key')}</Table.Th>
          <Table.Th>{t('keys.created')}</Table.Th>
          <Table.Th>{t('keys.lastUsed')}</Table.Th>
          <Table.Th>{t('person.state')}</Table.Th>
          <Table.Th>{t('list.actions')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {keys.map((key) => (
          <Table.Tr key={key.key}>
            <Table.Td fw={550}>{key.name}</Table.Td>
            <Table.Td>{key.partner}</Table.Td>
            <Table.Td>
              <Code>{key.key}</Code>
            </Table.Td>
            <Table.Td>
              <Moment at={key.createdAt} />, {key.createdBy}
            </Table.Td>
            <Table.Td>{key.lastUsedAt === null ? t('list.never') : <Ago at={key.lastUsedAt} />}</Table.Td>
            <Table.Td>
              <StateBadge kind={key.isActive ? 'good' : 'idle'}>
                {key.isActive ? t('state.active') : t('keys.ended')}
              </StateBadge>
            </Table.Td>
            <Table.Td>
              {key.isActive ? (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={t('keys.endOf', { name: key.name })}
                  onClick={() => onEnd(key)}
                >
                  {t('keys.end')}
                </Button>
              ) : null}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </ScrollTable>
  );
}

interface NewKeyDialogProps {
  readonly onClose: () => void;
  readonly onMade: (secret: string) => void;
}

function NewKeyDialog({ onClose, onMade }: NewKeyDialogProps) {
  const { t } = useT('people');
  const queries = useQueryClient();
  const [partner, setPartner] = useState('');
  const partners = usePartners();
  const [name, setName] = useState('');
  const make = useMutation({
    mutationFn: () => api<{ secret: string }>('POST', '/api-keys', { partner, name }),
    onSuccess: ({ secret }) => {
      void queries.invalidateQueries({ queryKey: keysKey });
      onClose();
      onMade(secret);
    },
  });
  return (
    <Modal opened onClose={onClose} title={t('keys.make')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('keys.name')}
            description={t('keys.nameHint')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            data-autofocus
          />
          <Autocomplete
            label={t('keys.partner')}
            description={t('keys.partnerHint')}
            data={partners}
            value={partner}
            onChange={(value) => setPartner(value.trim())}
            required
          />
          {make.error === null ? null : <Failure error={make.error} />}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {t('keys.make')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
