// One field of a form, of whatever kind its schema says.
import { Fieldset, NumberInput, Select, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useT } from '../../app/i18n.js';
import { ItemList } from './item-list.js';
import { useLabel } from './field.js';
import type { FieldProps } from './field.js';
import { plainField, useForm } from './form-context.js';
import { KeyedFields } from './keyed-fields.js';
import { choicesFor } from './references.js';
import { defaultText, unitOf } from './schema.js';
import type { FormSchema } from './schema.js';
import { TextList } from './text-list.js';
import { fieldOf, idKeyOf, idOf, isRecord, valueAt } from './values.js';
import type { Path } from './values.js';

export function SchemaField(props: FieldProps) {
  const { schema, path } = props;
  const { shows } = useForm();
  if (!shows(plainField(path))) return null;
  if (schema.properties !== undefined) return <ObjectField {...props} />;
  if (schema.patternProperties !== undefined) return <KeyedFields {...props} />;
  if (schema.type === 'array')
    return schema.items?.properties === undefined ? <TextList {...props} /> : <ItemList {...props} />;
  return <PlainField {...props} />;
}

/** The fields of an object: short ones beside each other, lists and objects below. */
export function ObjectFields({ schema, path }: FieldProps) {
  const { shows } = useForm();
  const entries = Object.entries(schema.properties ?? {}).filter(([key]) =>
    shows(plainField([...path, key])),
  );
  const isShort = (one: FormSchema): boolean =>
    one.type !== 'array' &&
    one.type !== 'object' &&
    one.properties === undefined &&
    one.patternProperties === undefined;
  const fieldFor = ([key, one]: [string, FormSchema]) => (
    <SchemaField
      key={key}
      schema={one}
      path={[...path, key]}
      isRequired={schema.required?.includes(key) === true}
    />
  );
  const short = entries.filter(([, one]) => isShort(one));
  return (
    <Stack gap="md">
      {short.length === 0 ? null : <div className="settings-grid">{short.map(fieldFor)}</div>}
      {entries.filter(([, one]) => !isShort(one)).map(fieldFor)}
    </Stack>
  );
}

function ObjectField({ schema, path, isRequired = false }: FieldProps) {
  const { values, set, problemAt } = useForm();
  const { t } = useT('settings');
  const label = useLabel()(schema, path);
  const isThere = isRecord(valueAt(values, path));
  const isOptional = !isRequired && schema.default === undefined && path.length > 1;
  const problem = problemAt(fieldOf(path));
  return (
    <Fieldset legend={label} radius="sm">
      <Stack gap="sm">
        {schema.description === undefined ? null : (
          <Text size="xs" c="dimmed">
            {schema.description}
          </Text>
        )}
        {isOptional ? (
          <Switch
            label={t('form.isUsed', { what: label })}
            checked={isThere}
            onChange={(event) => set(path, event.currentTarget.checked ? {} : undefined)}
          />
        ) : null}
        {problem === undefined ? null : (
          <Text size="sm" c="var(--mantine-color-error)">
            {problem}
          </Text>
        )}
        {isOptional && !isThere ? null : <ObjectFields schema={schema} path={path} />}
      </Stack>
    </Fieldset>
  );
}

function PlainField({ schema, path, isRequired = false }: FieldProps) {
  const form = useForm();
  const { t } = useT('settings');
  const label = useLabel()(schema, path);
  const value = valueAt(form.values, path);
  const field = fieldOf(path);
  const byDefault = defaultText(schema);
  const isKept = isKeptId(form.base, form.values, path);
  const waits =
    form.file === 'proffer.yaml' && form.restartFields.some((one) => isBelow(plainField(path), one));
  const help = [schema.description, isKept ? t('form.idStays') : '', waits ? t('form.waitsForRestart') : '']
    .filter((one) => one !== undefined && one !== '')
    .join('. ');
  const common = {
    label,
    description: help,
    error: form.problemAt(field),
    withAsterisk: isRequired,
    inputWrapperOrder: ['label' as const, 'input' as const, 'description' as const, 'error' as const],
  };
  const change = (next: unknown): void => form.set(path, next);
  if (schema.type === 'boolean' || schema.const === true) {
    return (
      <Switch
        label={label}
        description={help}
        error={form.problemAt(field)}
        checked={(value ?? schema.default ?? false) === true}
        onChange={(event) =>
          change(
            schema.const === true && !event.currentTarget.checked ? undefined : event.currentTarget.checked,
          )
        }
      />
    );
  }
  if (schema.type === 'integer' || schema.type === 'number')
    return <NumberField {...{ schema, path, value, common, change }} byDefault={byDefault} />;
  const choices =
    schema.enum ?? choicesFor({ all: form.all, file: form.file, path, field: plainField(path) });
  const text = typeof value === 'string' ? value : '';
  const placeholder = byDefault === undefined ? '' : t('form.default', { value: byDefault });
  if (choices !== undefined && !isKept) {
    const data = text === '' || choices.includes(text) ? choices : [text, ...choices];
    return (
      <Select
        {...common}
        data={[...new Set(data)]}
        value={text === '' ? null : text}
        onChange={(next) => change(next ?? (isRequired ? '' : undefined))}
        searchable={data.length > 8}
        clearable={!isRequired}
        placeholder={placeholder}
        nothingFoundMessage={t('form.nothingFound')}
        clearButtonProps={{ 'aria-label': t('form.clear', { what: label }) }}
      />
    );
  }
  return (
    <TextInput
      {...common}
      value={text}
      readOnly={isKept}
      variant={isKept ? 'filled' : 'default'}
      placeholder={placeholder}
      onChange={({ currentTarget }) =>
        change(currentTarget.value === '' && !isRequired ? undefined : currentTarget.value)
      }
    />
  );
}

interface NumberFieldProps extends Pick<FieldProps, 'schema' | 'path'> {
  readonly value: unknown;
  readonly byDefault: string | undefined;
  readonly common: object;
  readonly change: (next: unknown) => void;
}

function NumberField({ schema, path, value, byDefault, common, change }: NumberFieldProps) {
  const { t } = useT('settings');
  const unit = unitOf(path);
  return (
    <NumberInput
      {...common}
      value={typeof value === 'number' ? value : ''}
      allowDecimal={schema.type === 'number'}
      decimalScale={6}
      clampBehavior="none"
      hideControls
      placeholder={byDefault === undefined ? '' : t('form.default', { value: byDefault })}
      onChange={(next) => change(next === '' ? undefined : Number(next))}
      {...(unit === undefined ? {} : { suffix: ` ${unit}` })}
    />
  );
}

function isBelow(field: string, of: string): boolean {
  return field === of || field.startsWith(`${of}.`);
}

/** The id of something that the file has already: others name it. */
function isKeptId(base: unknown, values: unknown, path: Path): boolean {
  const [list, item] = [path.slice(0, -2), path.slice(0, -1)];
  if (typeof item.at(-1) !== 'number' || idKeyOf(list) !== path.at(-1)) return false;
  const before = basePath(base, values, list);
  if (before === undefined) return false;
  const there = valueAt(base, before);
  const id = idOf(list, valueAt(values, item));
  return id !== undefined && Array.isArray(there) && there.some((one) => idOf(list, one) === id);
}

/** The same place in the file as it was, by ids. */
function basePath(base: unknown, values: unknown, path: Path): Path | undefined {
  const found: (string | number)[] = [];
  for (const [index, step] of path.entries()) {
    if (typeof step === 'string') {
      found.push(step);
      continue;
    }
    const list = path.slice(0, index);
    const id = idOf(list, valueAt(values, path.slice(0, index + 1)));
    const there = valueAt(base, found);
    const at = Array.isArray(there)
      ? there.findIndex((one) => id !== undefined && idOf(list, one) === id)
      : -1;
    if (at < 0) return undefined;
    found.push(at);
  }
  return found;
}
