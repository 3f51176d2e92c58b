import { Button, Group, Menu, Paper, Table, Text, ActionIcon } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { PersonView } from '../../../../people/person-view.js';
import { api } from '../../app/api.js';
import { Confirm } from '../../app/components/confirm.js';
import { Failure } from '../../app/components/failure.js';
import { Ago } from '../../app/components/figures.js';
import { ChevronIcon, PlusIcon } from '../../app/components/icons.js';
import { Loading } from '../../app/components/loading.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { useT } from '../../app/i18n.js';
import { peopleKey } from './people-query.js';
import { PersonDialog } from './person-dialog.js';
import { SecretDialog } from './secret-dialog.js';

interface Given {
  readonly name: string;
  readonly password: string;
}

export function PeopleTab() {
  const { t } = useT('people');
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: peopleKey,
    queryFn: ({ signal }) => api<{ people: PersonView[] }>('GET', '/people', undefined, signal),
  });
  const [edited, setEdited] = useState<PersonView | 'new'>();
  const [reset, setReset] = useState<PersonView>();
  const [given, setGiven] = useState<Given>();
  const giving = useMutation({
    mutationFn: ({ agent }: PersonView) =>
      api<{ password: string }>('POST', `/people/${encodeURIComponent(agent)}/password`),
    onSuccess: ({ password }, { name }) => {
      setReset(undefined);
      setGiven({ name, password });
      void queries.invalidateQueries({ queryKey: peopleKey });
    },
  });
  if (error !== null)
    return <Failure error={error} title={t('list.failed')} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loading what={t('list.what')} />;
  return (
    <>
      <Group justify="flex-end" mb="sm">
        <Button leftSection={<PlusIcon size={14} />} onClick={() => setEdited('new')}>
          {t('list.add')}
        </Button>
      </Group>
      <Paper p={0}>
        <ScrollTable label={t('tabs.people')} minWidth={820}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('person.agent')}</Table.Th>
              <Table.Th>{t('person.role')}</Table.Th>
              <Table.Th>{t('person.partners')}</Table.Th>
              <Table.Th>{t('person.centreAgents')}</Table.Th>
              <Table.Th>{t('person.lastLogin')}</Table.Th>
              <Table.Th>{t('person.state')}</Table.Th>
              <Table.Th w={60}>{t('list.actions')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.people.map((person) => (
              <Row key={person.agent} person={person} onEdit={setEdited} onReset={setReset} />
            ))}
          </Table.Tbody>
        </ScrollTable>
      </Paper>
      {edited === undefined ? null : (
        <PersonDialog
          person={edited === 'new' ? undefined : edited}
          people={data.people}
          onClose={() => setEdited(undefined)}
          onAdded={(name, password) => setGiven({ name, password })}
        />
      )}
      <Confirm
        isOpen={reset !== undefined}
        title={t('reset.title', { name: reset?.name ?? '' })}
        action={t('reset.action')}
        isPending={giving.isPending}
        error={giving.error}
        onConfirm={() => {
          if (reset !== undefined) giving.mutate(reset);
        }}
        onClose={() => {
          giving.reset();
          setReset(undefined);
        }}
      >
        {t('reset.text')}
      </Confirm>
      <SecretDialog
        secret={given?.password}
        title={t('password.title', { name: given?.name ?? '' })}
        label={t('password.label')}
        text={t('password.text')}
        onClose={() => setGiven(undefined)}
      />
    </>
  );
}

interface RowProps {
  readonly person: PersonView;
  readonly onEdit: (person: PersonView) => void;
  readonly onReset: (person: PersonView) => void;
}

function Row({ person, onEdit, onReset }: RowProps) {
  const { t } = useT('people');
  const { agent, name, role, partners, centreAgents, isActive, hasPassword, lastLoginAt } = person;
  return (
    <Table.Tr>
      <Table.Td>
        <Text fz="sm" fw={550}>
          {name}
        </Text>
        <Text fz="xs" c="dimmed">
          {agent}
        </Text>
      </Table.Td>
      <Table.Td>{t(`roles.${role}`)}</Table.Td>
      <Table.Td>{partners.length === 0 ? t('list.allPartners') : partners.join(', ')}</Table.Td>
      <Table.Td>{centreAgents.length === 0 ? '–' : centreAgents.join(', ')}</Table.Td>
      <Table.Td>{lastLoginAt === null ? t('list.never') : <Ago at={lastLoginAt} />}</Table.Td>
      <Table.Td>
        {isActive ? (
          <StateBadge kind={hasPassword ? 'good' : 'warning'}>
            {hasPassword ? t('state.active') : t('state.noPassword')}
          </StateBadge>
        ) : (
          <StateBadge kind="idle">{t('state.inactive')}</StateBadge>
        )}
      </Table.Td>
      <Table.Td>
        <Menu>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={t('list.actionsOf', { name })}>
              <ChevronIcon />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onEdit(person)}>{t('list.edit')}</Menu.Item>
            <Menu.Item onClick={() => onReset(person)}>{t('reset.action')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Table.Td>
    </Table.Tr>
  );
}
