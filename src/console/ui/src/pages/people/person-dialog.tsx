import { Button, Group, Modal, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Role } from '../../../../access/principal.js';
import type { PersonView } from '../../../../people/person-view.js';
import { ApiError, api } from '../../app/api.js';
import { Failure } from '../../app/components/failure.js';
import { useT } from '../../app/i18n.js';
import { usePartners } from './partners-query.js';
import { peopleKey } from './people-query.js';

const roles: readonly Role[] = ['agent', 'supervisor', 'admin', 'analyst'];

export interface PersonDialogProps {
  /** Undefined: somebody new. */
  readonly person: PersonView | undefined;
  /** Everybody, for what they have. */
  readonly people: readonly PersonView[];
  readonly onClose: () => void;
  readonly onAdded: (name: string, password: string) => void;
}

type Given = Pick<PersonView, 'agent' | 'name' | 'role' | 'partners' | 'centreAgents' | 'isActive'>;

const nobody: Given = {
  agent: '',
  name: '',
  role: 'agent',
  partners: [],
  centreAgents: [],
  isActive: true,
};

export function PersonDialog({ person, people, onClose, onAdded }: PersonDialogProps) {
  const { t } = useT('people');
  const [given, setGiven] = useState<Given>(person ?? nobody);
  const save = useSave(person, onClose, onAdded);
  const centreAgents = useCentreAgents();
  const partners = [...new Set([...usePartners(), ...people.flatMap((one) => one.partners)])].sort();
  const put = (change: Partial<Given>) => setGiven({ ...given, ...change });
  return (
    <Modal
      opened
      onClose={onClose}
      title={person === undefined ? t('list.add') : t('edit.title', { name: person.name })}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(given);
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('person.agent')}
            description={t('edit.agentHint')}
            value={given.agent}
            onChange={(event) => put({ agent: event.currentTarget.value.trim() })}
            disabled={person !== undefined}
            required
            autoComplete="off"
            data-autofocus={person === undefined ? true : undefined}
          />
          <TextInput
            label={t('person.name')}
            value={given.name}
            onChange={(event) => put({ name: event.currentTarget.value })}
            required
            autoComplete="off"
            data-autofocus={person === undefined ? undefined : true}
          />
          <Select
            label={t('person.role')}
            description={t(`edit.roleHint.${given.role}`)}
            data={roles.map((role) => ({ value: role, label: t(`roles.${role}`) }))}
            value={given.role}
            onChange={(role) => put({ role: role ?? given.role })}
            allowDeselect={false}
            required
          />
          <TagsInput
            label={t('person.partners')}
            description={t('edit.partnersHint')}
            data={partners}
            value={[...given.partners]}
            onChange={(values) => put({ partners: values })}
            acceptValueOnBlur
          />
          <TagsInput
            label={t('person.centreAgents')}
            description={t('edit.centreAgentsHint')}
            data={centreAgents}
            value={[...given.centreAgents]}
            onChange={(values) => put({ centreAgents: values })}
            acceptValueOnBlur
          />
          {person === undefined ? null : (
            <Switch
              label={t('edit.isActive')}
              description={t('edit.isActiveHint')}
              checked={given.isActive}
              onChange={(event) => put({ isActive: event.currentTarget.checked })}
            />
          )}
          {save.error === null ? null : <SaveFailure error={save.error} />}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {person === undefined ? t('edit.add') : t('save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function SaveFailure({ error }: { readonly error: Error }) {
  const { t } = useT('people');
  const isLastAdmin = error instanceof ApiError && error.code === 'last-admin';
  const isTaken = error instanceof ApiError && error.code === 'already-there';
  if (isLastAdmin) return <Failure error={new ApiError(409, 'last-admin', t('edit.lastAdmin'))} />;
  return <Failure error={isTaken ? new ApiError(409, 'already-there', t('edit.taken')) : error} />;
}

function useSave(person: PersonView | undefined, onClose: () => void, onAdded: PersonDialogProps['onAdded']) {
  const { t } = useT('people');
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ agent, isActive, ...what }: Given) => {
      const { name, role, partners, centreAgents } = what;
      const body = { name, role, partners, centreAgents };
      if (person === undefined)
        return (await api<{ password: string }>('POST', '/people', { agent, ...body })).password;
      await api('PUT', `/people/${encodeURIComponent(agent)}`, { ...body, isActive });
      return undefined;
    },
    onSuccess: (password, { name }) => {
      void queries.invalidateQueries({ queryKey: peopleKey });
      onClose();
      if (password === undefined) notifications.show({ message: t('edit.saved', { name }) });
      else onAdded(name, password);
    },
  });
}

/** Those that the centres tell of now, as suggestions: others can be typed. */
function useCentreAgents(): string[] {
  const { data } = useQuery({
    queryKey: ['agents'],
    queryFn: ({ signal }) =>
      api<{ agents: { centre: string; agent: string }[] }>('GET', '/agents', undefined, signal),
  });
  return [...new Set((data?.agents ?? []).map(({ centre, agent }) => `${centre}/${agent}`))].sort();
}
