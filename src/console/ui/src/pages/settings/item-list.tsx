// A list of things with fields of their own: each opens below its name; add, remove and change the order.
import { Accordion, Badge, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import { useState } from 'react';
import { useT } from '../../app/i18n.js';
import { useForm } from './form-context.js';
import { emptyItem } from './schema.js';
import { useLabel } from './field.js';
import type { FieldProps } from './field.js';
import { fieldOf, idOf, isRecord, valueAt } from './values.js';
import type { Path } from './values.js';

/** More are found by typing. */
const maxShown = 60;

export function ItemList({ schema, path }: FieldProps) {
  const { values, set, problemAt, Fields } = useForm();
  const { t } = useT('settings');
  const label = useLabel()(schema, path);
  const found = valueAt(values, path);
  const items: readonly unknown[] = Array.isArray(found) ? found : [];
  const isTop = path.length === 1;
  const [open, setOpen] = useState<string[]>(
    isTop && items.length <= 2 ? items.map((_, at) => String(at)) : [],
  );
  const [wanted, setWanted] = useState('');
  const matching = items
    .map((item, at) => ({ item, at }))
    .filter(({ item }) => wanted === '' || JSON.stringify(item).toLowerCase().includes(wanted.toLowerCase()));
  const problem = problemAt(fieldOf(path));
  const replace = (next: readonly unknown[]): void => set(path, next);
  const add = (): void => {
    replace([...items, emptyItem(schema.items)]);
    setWanted('');
    setOpen([...open, String(items.length)]);
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between" align="end">
        <div>
          <Title order={isTop ? 2 : 4} size={isTop ? 'h4' : 'h6'}>
            {label} <span className="settings-count">{items.length}</span>
          </Title>
          {schema.description === undefined ? null : (
            <Text size="xs" c="dimmed">
              {schema.description}
            </Text>
          )}
        </div>
        <Group gap="xs">
          {items.length > 8 ? (
            <TextInput
              size="xs"
              aria-label={t('form.find', { what: label })}
              placeholder={t('form.find', { what: label })}
              value={wanted}
              onChange={({ currentTarget }) => setWanted(currentTarget.value)}
            />
          ) : null}
          <Button size="xs" variant="default" onClick={add} aria-label={t('form.addTo', { what: label })}>
            {t('form.add')}
          </Button>
        </Group>
      </Group>
      {problem === undefined ? null : (
        <Text size="sm" c="var(--mantine-color-error)">
          {problem}
        </Text>
      )}
      {items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('form.none')}
        </Text>
      ) : null}
      <Accordion
        multiple
        variant="contained"
        radius="sm"
        value={open}
        onChange={setOpen}
        order={isTop ? 3 : 5}
      >
        {matching.slice(0, maxShown).map(({ item, at }) => (
          <Accordion.Item key={at} value={String(at)}>
            <Accordion.Control>
              <ItemName path={path} item={item} at={at} />
            </Accordion.Control>
            <Accordion.Panel>
              {open.includes(String(at)) && schema.items !== undefined ? (
                <Stack gap="md">
                  <Fields schema={schema.items} path={[...path, at]} />
                  <ItemButtons path={path} items={items} at={at} onChange={replace} onMoved={setOpen} />
                </Stack>
              ) : null}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
      {matching.length > maxShown ? (
        <Text size="sm" c="dimmed">
          {t('form.more', { count: matching.length - maxShown })}
        </Text>
      ) : null}
    </Stack>
  );
}

function ItemName({ path, item, at }: { readonly path: Path; readonly item: unknown; readonly at: number }) {
  const { t } = useT('settings');
  const { problemAt } = useForm();
  const id = idOf(path, item) ?? t('form.item', { number: at + 1 });
  const record = isRecord(item) ? item : {};
  const name = typeof record['name'] === 'string' ? record['name'] : undefined;
  return (
    <Group gap="xs">
      <Text fw={600} size="sm">
        {id}
      </Text>
      {name === undefined ? null : (
        <Text size="sm" c="dimmed">
          {name}
        </Text>
      )}
      {record['drain'] === true ? (
        <Badge color="orange" variant="outline" size="sm">
          {t('form.drains')}
        </Badge>
      ) : null}
      {record['killSwitch'] === true ? (
        <Badge color="red" variant="outline" size="sm">
          {t('form.killed')}
        </Badge>
      ) : null}
      {problemAt(`${fieldOf([...path, at])}*`) === undefined ? null : (
        <Badge color="red" size="sm">
          {t('form.hasProblem')}
        </Badge>
      )}
    </Group>
  );
}

interface ItemButtonsProps {
  readonly path: Path;
  readonly items: readonly unknown[];
  readonly at: number;
  readonly onChange: (items: readonly unknown[]) => void;
  readonly onMoved: (open: string[]) => void;
}

function ItemButtons({ path, items, at, onChange, onMoved }: ItemButtonsProps) {
  const { t } = useT('settings');
  const what = idOf(path, items[at]) ?? t('form.item', { number: at + 1 });
  const moveTo = (to: number): void => {
    const next = [...items];
    next.splice(to, 0, ...next.splice(at, 1));
    onChange(next);
    onMoved([String(to)]);
  };
  return (
    <Group gap="xs">
      <Button
        size="compact-xs"
        variant="default"
        disabled={at === 0}
        onClick={() => moveTo(at - 1)}
        aria-label={t('form.upOf', { what })}
      >
        ↑ {t('form.up')}
      </Button>
      <Button
        size="compact-xs"
        variant="default"
        disabled={at === items.length - 1}
        onClick={() => moveTo(at + 1)}
        aria-label={t('form.downOf', { what })}
      >
        ↓ {t('form.down')}
      </Button>
      <Button
        size="compact-xs"
        variant="outline"
        color="red"
        onClick={() => {
          onChange(items.filter((_, index) => index !== at));
          onMoved([]);
        }}
        aria-label={t('form.removeOf', { what })}
      >
        {t('form.remove')}
      </Button>
    </Group>
  );
}
