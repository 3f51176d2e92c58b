// A list of plain values, one a line: choose or type, change the order, add, remove.
import { ActionIcon, Group, Select, TextInput } from '@mantine/core';
import { useT } from '../../app/i18n.js';
import { EntryList, RemoveEntry } from './entry-list.js';
import { plainField, useForm } from './form-context.js';
import { choicesFor } from './references.js';
import { useLabel } from './field.js';
import type { FieldProps } from './field.js';
import { fieldOf, valueAt } from './values.js';

export function TextList({ schema, path, isRequired = false }: FieldProps) {
  const { values, all, file, set, problemAt } = useForm();
  const { t } = useT('settings');
  const label = useLabel()(schema, path);
  const found = valueAt(values, path);
  const isWritten = Array.isArray(found);
  const byDefault: unknown = schema.default;
  const items = (isWritten ? found : Array.isArray(byDefault) ? byDefault : []).map(String);
  const choices = schema.items?.enum ?? choicesFor({ all, file, path, field: plainField(path) });
  const replace = (next: readonly string[]): void =>
    set(path, next.length === 0 && !isRequired && !isWritten ? undefined : next);
  const moveTo = (from: number, to: number): void => {
    const next = [...items];
    next.splice(to, 0, ...next.splice(from, 1));
    replace(next);
  };
  const next = choices?.find((one) => !items.includes(one)) ?? '';
  return (
    <EntryList
      label={label}
      description={schema.description}
      error={problemAt(fieldOf(path))}
      isRequired={isRequired}
      onAdd={() => replace([...items, next])}
    >
      {items.map((item, at) => {
        const name = t('form.itemOf', { what: label, number: at + 1 });
        const change = (value: string): void =>
          replace(items.map((one, index) => (index === at ? value : one)));
        const error = problemAt(fieldOf([...path, at]));
        return (
          <Group key={at} gap={4} wrap="nowrap" align="start">
            {choices === undefined ? (
              <TextInput
                size="xs"
                className="settings-grow"
                aria-label={name}
                value={item}
                error={error}
                onChange={({ currentTarget }) => change(currentTarget.value)}
              />
            ) : (
              <Select
                size="xs"
                className="settings-grow"
                aria-label={name}
                data={[...new Set([...choices, ...(item === '' ? [] : [item])])]}
                value={item === '' ? null : item}
                allowDeselect={false}
                searchable={choices.length > 8}
                error={error}
                onChange={(value) => change(value ?? '')}
              />
            )}
            <ActionIcon
              variant="default"
              disabled={at === 0}
              aria-label={t('form.upOf', { what: name })}
              onClick={() => moveTo(at, at - 1)}
            >
              ↑
            </ActionIcon>
            <ActionIcon
              variant="default"
              disabled={at === items.length - 1}
              aria-label={t('form.downOf', { what: name })}
              onClick={() => moveTo(at, at + 1)}
            >
              ↓
            </ActionIcon>
            <RemoveEntry name={name} onRemove={() => replace(items.filter((_, index) => index !== at))} />
          </Group>
        );
      })}
    </EntryList>
  );
}
