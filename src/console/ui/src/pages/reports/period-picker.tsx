import { Group, SegmentedControl, Select, TextInput, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { TryCallChoices } from '../../../../try-call/try-call-view.js';
import { api } from '../../app/api.js';
import { useT } from '../../app/i18n.js';
import { useSession } from '../../app/session.js';
import { periodKinds } from './period.js';
import type { Period } from './period.js';

export interface PeriodPickerProps {
  readonly period: Period;
  readonly onChange: (changes: Readonly<Record<string, string>>) => void;
}

export function PeriodPicker({ period, onChange }: PeriodPickerProps) {
  const { t } = useT('reports');
  const { partners: own } = useSession();
  const { data } = useQuery({
    queryKey: ['try-call', 'choices'],
    queryFn: ({ signal }) => api<TryCallChoices>('GET', '/try-call/choices', undefined, signal),
    staleTime: 60_000,
  });
  const partners = (data?.partners ?? []).map(({ partner, name }) => ({ value: partner, label: name }));
  // A report is of one partner or of all; who sees several of them has to choose one.
  const isOfAll = own.length === 0;
  return (
    <Group gap="sm" mb="md" align="flex-end" role="group" aria-label={t('period.label')}>
      <VisuallyHidden id="period-kind">{t('period.label')}</VisuallyHidden>
      <SegmentedControl
        aria-labelledby="period-kind"
        data={periodKinds.map((value) => ({ value, label: t(`period.${value}`) }))}
        value={period.kind}
        onChange={(kind) => onChange({ period: kind })}
      />
      {period.kind === 'chosen' ? (
        <>
          <TextInput
            type="date"
            label={t('period.from')}
            value={period.from}
            onChange={(event) => onChange({ from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t('period.to')}
            value={period.to}
            onChange={(event) => onChange({ to: event.currentTarget.value })}
          />
        </>
      ) : null}
      <Select
        label={t('period.partner')}
        data={isOfAll ? [{ value: '', label: t('period.all') }, ...partners] : partners}
        value={period.partner === '' && !isOfAll ? (own[0] ?? '') : period.partner}
        onChange={(value) => onChange({ partner: value ?? '' })}
        allowDeselect={false}
      />
    </Group>
  );
}
