// What the forms use of the JSON Schemas that the API gives.
import type { Path } from './values.js';

export interface FormSchema {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, FormSchema>>;
  readonly patternProperties?: Readonly<Record<string, FormSchema>>;
  readonly items?: FormSchema;
  readonly const?: unknown;
}

const units: readonly (readonly [RegExp, string])[] = [
  [/Ms$/, 'ms'],
  [/Seconds$/, 's'],
  [/Percent$/, '%'],
  [/Days$/, 'd'],
  [/Hours$/, 'h'],
  [/Bytes$/, 'B'],
];

/** The unit that a key says, such as `s` of `waitCapSeconds`. */
export function unitOf(path: Path): string | undefined {
  const last = String(path.at(-1));
  return units.find(([pattern]) => pattern.test(last))?.[1];
}

/** What a field that is not written counts as, in words; undefined where there is none. */
export function defaultText(schema: FormSchema): string | undefined {
  const { default: byDefault } = schema;
  if (byDefault === undefined || typeof byDefault === 'object') return undefined;
  return typeof byDefault === 'string' ? byDefault : JSON.stringify(byDefault);
}

/** An item of a list as it is added: nothing but what must be chosen. */
export function emptyItem(schema: FormSchema | undefined): unknown {
  switch (schema?.type ?? '') {
    case 'object': {
      const needed = (schema?.required ?? []).map(
        (key) => [key, emptyItem(schema?.properties?.[key])] as const,
      );
      return Object.fromEntries(needed);
    }
    case 'array':
      return (schema?.minItems ?? 0) > 0 ? [emptyItem(schema?.items)] : [];
    case 'integer':
    case 'number':
      return schema?.minimum ?? 0;
    case 'boolean':
      return false;
    default:
      return schema?.enum?.[0] ?? '';
  }
}
