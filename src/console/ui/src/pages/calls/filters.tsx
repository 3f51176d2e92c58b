import { Button, Group, NativeSelect, Paper, SimpleGrid, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { SyntheticEvent } from 'react';
import type { CallFilterNames } from '../../../../board/calls-view.js';
import { useT } from '../../app/i18n.js';
import type { CallFilters } from './call-filters.js';

/** Outcomes that filters name; the rest are found by the id of the call. */
const outcomes = [
  'answered',
  'redirected',
  'cancelled',
  'no-destination',
  'ivr-finished',
  'caller-hung-up',
  'referred',
  'declined-everywhere',
  'success',
  'client-error',
  'upstream-error',
  'server-error',
] as const;

export interface FiltersProps {
  readonly filters: CallFilters;
  readonly names: CallFilterNames;
  readonly onChange: (filters: Record<string, string>) => void;
}

export function Filters({ filters, names, onChange }: FiltersProps) {
  const { t } = useT('calls');
  const [draft, setDraft] = useState<CallFilters>(filters);
  const set = (name: keyof CallFilters, value: string) => setDraft({ ...draft, [name]: value });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    onChange(Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== '')));
  };
  const offers = names.offers.filter((one) => (draft.partner ?? '') === '' || one.partner === draft.partner);
  return (
    <Paper component="form" p="sm" mb="md" onSubmit={submit} aria-label={t('filters.label')} role="search">
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }} spacing="sm" verticalSpacing="xs">
        <TimeInput label={t('filters.from')} value={draft.from} onChange={(value) => set('from', value)} />
        <TimeInput label={t('filters.to')} value={draft.to} onChange={(value) => set('to', value)} />
        <NativeSelect
          size="xs"
          label={t('filters.partner')}
          value={draft.partner ?? ''}
          onChange={({ currentTarget }) => set('partner', currentTarget.value)}
          data={[
            { value: '', label: t('filters.any') },
            ...names.partners.map(({ partner, name }) => ({ value: partner, label: name })),
          ]}
        />
        <NativeSelect
          size="xs"
          label={t('filters.offer')}
          value={draft.offer ?? ''}
          onChange={({ currentTarget }) => set('offer', currentTarget.value)}
          data={[
            { value: '', label: t('filters.any') },
            ...offers.map(({ offer, name }) => ({ value: offer, label: `${offer} – ${name}` })),
          ]}
        />
        <NativeSelect
          size="xs"
          label={t('filters.outcome')}
          value={draft.outcome ?? ''}
          onChange={({ currentTarget }) => set('outcome', currentTarget.value)}
          data={[
            { value: '', label: t('filters.any') },
            ...outcomes.map((one) => ({ value: one, label: t(`outcomes.${one}`) })),
          ]}
        />
        <TextInput
          size="xs"
          label={t('filters.id')}
          value={draft.id ?? ''}
          onChange={({ currentTarget }) => set('id', currentTarget.value.trim())}
        />
      </SimpleGrid>
      <Group gap="xs" mt="sm">
        <Button type="submit" size="xs">
          {t('filters.search')}
        </Button>
        <Button size="xs" variant="default" onClick={() => onChange({})}>
          {t('filters.clear')}
        </Button>
      </Group>
    </Paper>
  );
}

interface TimeInputProps {
  readonly label: string;
  /** ISO 8601. */
  readonly value: string | undefined;
  readonly onChange: (value: string) => void;
}

/** By the clock of whoever looks; the address has the instant. */
function TimeInput({ label, value, onChange }: TimeInputProps) {
  return (
    <TextInput
      size="xs"
      type="datetime-local"
      label={label}
      value={value === undefined || value === '' ? '' : localText(value)}
      onChange={({ currentTarget }) => onChange(isoText(currentTarget.value))}
    />
  );
}

function isoText(local: string): string {
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

function localText(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
