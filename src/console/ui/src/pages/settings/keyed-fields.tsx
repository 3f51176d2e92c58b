// Values by a key of their own, such as the quota of each partner or the step of each digit.
import { Group, NumberInput, Select, TextInput } from '@mantine/core';
import { useT } from '../../app/i18n.js';
import { EntryList, RemoveEntry } from './entry-list.js';
import { plainField, useForm } from './form-context.js';
import { choicesFor } from './references.js';
import { useLabel } from './field.js';
import type { FieldProps } from './field.js';
import { fieldOf, isRecord, valueAt } from './values.js';

export function KeyedFields({ schema, path }: FieldProps) {
  const { values, all, file, set, problemAt } = useForm();
  const { t } = useT('settings');
  const label = useLabel()(schema, path);
  const found = valueAt(values, path);
  const entries = isRecord(found) ? Object.entries(found) : [];
  const [value] = Object.values(schema.patternProperties ?? {});
  const isNumber = value?.type === 'integer' || value?.type === 'number';
  const choices = choicesFor({ all, file, path, field: plainField(path) });
  const replace = (next: readonly (readonly [string, unknown])[]): void =>
    set(path, next.length === 0 ? undefined : Object.fromEntries(next));
  return (
    <EntryList
      label={label}
      description={schema.description}
      error={problemAt(fieldOf(path))}
      canAdd={!entries.some(([key]) => key === '')}
      onAdd={() => replace([...entries, ['', isNumber ? 0 : (choices?.[0] ?? '')]])}
    >
      {entries.map(([key, one], at) => {
        const name = t('form.valueOf', { what: label, key });
        const change = (next: unknown): void =>
          replace(entries.map((entry, index) => (index === at ? [key, next] : entry)));
        const common = {
          size: 'xs' as const,
          'aria-label': name,
          error: problemAt(fieldOf([...path, key])),
        };
        return (
          <Group key={at} gap={4} wrap="nowrap" align="start">
            <TextInput
              size="xs"
              aria-label={t('form.keyOf', { what: label, number: at + 1 })}
              value={key}
              onChange={({ currentTarget }) => {
                const renamed = currentTarget.value;
                if (entries.some(([other], index) => index !== at && other === renamed)) return;
                replace(entries.map((entry, index) => (index === at ? [renamed, one] : entry)));
              }}
            />
            {isNumber ? (
              <NumberInput
                {...common}
                hideControls
                value={Number(one)}
                onChange={(next) => change(Number(next))}
              />
            ) : choices === undefined ? (
              <TextInput
                {...common}
                value={String(one)}
                onChange={({ currentTarget }) => change(currentTarget.value)}
              />
            ) : (
              <Select
                {...common}
                data={[...choices]}
                value={String(one)}
                allowDeselect={false}
                onChange={(next) => change(next ?? '')}
              />
            )}
            <RemoveEntry name={name} onRemove={() => replace(entries.filter((_, index) => index !== at))} />
          </Group>
        );
      })}
    </EntryList>
  );
}
