// One section against its schema: defaults first, then every problem with its place in the file.
import type { TSchema } from 'typebox';
import type { TLocalizedValidationError } from 'typebox/error';
import { Settings as TypeBoxSettings } from 'typebox/system';
import { Value } from 'typebox/value';
import { didYouMean } from './closest.js';
import { childOf, formatFieldPath, pathOfPointer } from './field-path.js';
import type { FieldPath } from './field-path.js';
import { schemaAt } from './json-schema.js';
import type { JsonSchema } from './json-schema.js';
import type { SettingsProblem } from './problems.js';
import { expected, misfit, purpose, shown } from './wording.js';
import type { YamlSource } from './yaml-source.js';

export interface CheckedSection {
  /** The data with defaults filled in; it fits the schema only when there are no problems. */
  readonly value: unknown;
  readonly problems: readonly SettingsProblem[];
}

/** TypeBox keeps 8 errors unless told otherwise; a person who mends a file wants to see all of them. */
const mostErrors = 1000;

export function checkSection(schema: TSchema, source: YamlSource): CheckedSection {
  const value = Value.Default(schema, withoutEmptyBlocks(schema, source.value));
  if (Value.Check(schema, value)) return { value, problems: [] };
  const before = TypeBoxSettings.Get().maxErrors;
  TypeBoxSettings.Set({ maxErrors: mostErrors });
  try {
    const check = new SectionCheck(schema, source, value);
    for (const error of Value.Errors(schema, value)) check.add(error);
    return { value, problems: check.problems };
  } finally {
    TypeBoxSettings.Set({ maxErrors: before });
  }
}

/** `sip:` with nothing under it (all of it commented out) is a block of which every key takes its default. */
function withoutEmptyBlocks(schema: JsonSchema, value: unknown): unknown {
  if (schema.type !== 'object' || schema.properties === undefined) return value;
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  const kept: [string, unknown][] = [];
  for (const [key, child] of Object.entries(value)) {
    const childSchema = schemaAt(schema, [key]);
    kept.push([key, childSchema === undefined ? child : withoutEmptyBlocks(childSchema, child)]);
  }
  return Object.fromEntries(kept);
}

class SectionCheck {
  readonly problems: SettingsProblem[] = [];
  readonly #schema: JsonSchema;
  readonly #source: YamlSource;
  readonly #value: unknown;
  readonly #said = new Set<string>();

  constructor(schema: JsonSchema, source: YamlSource, value: unknown) {
    this.#schema = schema;
    this.#source = source;
    this.#value = value;
  }

  add(error: TLocalizedValidationError): void {
    const path = pathOfPointer(error.instancePath, this.#value);
    const schema = schemaAt(this.#schema, path);
    // The place of a key that does not exist is reported at the block that holds it.
    if (schema === undefined) return;
    const { keyword, params } = error;
    if (keyword === 'additionalProperties') {
      for (const key of params.additionalProperties) this.#unknownKey(schema, path, key);
    } else if (keyword === 'required') {
      for (const key of params.requiredProperties) this.#missing(schema, path, key);
    } else if (keyword === 'uniqueItems') {
      for (const index of params.duplicateItems) {
        this.#say([...path, index], `${shown(childOf(this.#at(path), index))} is in the list twice`);
      }
    } else if (keyword === 'minItems') {
      this.#say(path, `is an empty list; at least one belongs here${purpose(schema)}`);
    } else if (keyword === 'minLength') {
      this.#say(path, `is empty; what belongs here is ${expected(schema)}${purpose(schema)}`);
    } else if (keyword === 'maxLength') {
      this.#say(path, `${shown(this.#at(path))} is longer than ${params.limit} characters`);
    } else if (!this.#isChosenBlock(schema, path)) {
      this.#say(path, misfit(schema, this.#at(path), this.#source.written(path)));
    }
  }

  /** Where text or a block may stand and a block does, what is wrong inside of it is said of its keys. */
  #isChosenBlock(schema: JsonSchema, path: FieldPath): boolean {
    const value = this.#at(path);
    const isBlock = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isBlock && schema.anyOf?.some((one) => one.properties !== undefined) === true;
  }

  #unknownKey(schema: JsonSchema, path: FieldPath, key: string): void {
    const keys = Object.keys(schema.properties ?? {});
    const hint = didYouMean(key, keys) || `; the keys are ${keys.join(', ')}`;
    const place = this.#source.keyPosition([...path, key]);
    this.#say([...path, key], `${JSON.stringify(key)} is no key here${hint}`, place);
  }

  #missing(schema: JsonSchema, path: FieldPath, key: string): void {
    const child = schemaAt(schema, [key]);
    const wanted = child === undefined ? '' : `; what belongs here is ${expected(child)}${purpose(child)}`;
    this.#say([...path, key], `is missing${wanted}`, this.#source.position(path));
  }

  /** One problem a field: a value of the wrong type fits no pattern and no range either. */
  #say(path: FieldPath, message: string, position = this.#source.position(path)): void {
    const field = formatFieldPath(path);
    if (this.#said.has(field)) return;
    this.#said.add(field);
    this.problems.push({ file: this.#source.file, ...position, field, message });
  }

  #at(path: FieldPath): unknown {
    return path.reduce<unknown>((here, step) => childOf(here, step), this.#value);
  }
}
