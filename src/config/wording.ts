// How problems of the schema are said: what is there, and what would be right.
import type { JsonSchema } from './json-schema.js';
import { allowedTexts } from './json-schema.js';
import { didYouMean } from './closest.js';

const longestShown = 60;

/** A value as it is shown in a problem: text in quotes, long text cut, lists and blocks by kind. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'a block of keys';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > longestShown ? `${value.slice(0, longestShown)}…` : value);
}

/** What belongs at a place, as the end of "... is not". */
export function expected(schema: JsonSchema): string {
  if (schema.expects !== undefined) return schema.expects;
  const texts = allowedTexts(schema);
  if (texts !== undefined) return `one of ${texts.join(', ')}`;
  if (schema.type === 'boolean') return 'true or false';
  if (schema.type === 'integer') return `a whole number${range(schema)}`;
  if (schema.type === 'number') return `a number${range(schema)}`;
  if (schema.type === 'array') return 'a list';
  if (schema.type === 'object') {
    const keys = Object.keys(schema.properties ?? {});
    return keys.length === 0 ? 'a block of keys' : `a block with the keys ${keys.join(', ')}`;
  }
  return 'text';
}

function range(schema: JsonSchema): string {
  const { minimum, maximum } = schema;
  if (minimum === undefined || maximum === undefined) return '';
  return ` from ${minimum} to ${maximum}`;
}

/** ` (net present value of a sale)`, or nothing when that says no more than `expected` does. */
export function purpose(schema: JsonSchema): string {
  const { description } = schema;
  return description === undefined || description === schema.expects ? '' : ` (${description})`;
}

/** A value of the wrong type or range, with the likely slip of the pen. `written` is how the file has it. */
export function misfit(schema: JsonSchema, value: unknown, written: string | undefined): string {
  if (value === null) return `is empty; what belongs here is ${expected(schema)}${purpose(schema)}`;
  const texts = allowedTexts(schema);
  if (texts !== undefined) {
    const hint = typeof value === 'string' ? didYouMean(value, texts) : '';
    return `${shown(value)} is not ${expected(schema)}${hint}`;
  }
  if (schema.type === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    const kind = typeof value === 'number' ? 'a number' : 'true or false';
    const text = written ?? String(value);
    return `${text} is read as ${kind}; put it in quotes: ${JSON.stringify(text)}`;
  }
  const there = typeof value === 'number' ? (written ?? shown(value)) : shown(value);
  const aside = schema.expects === undefined ? purpose(schema) : '';
  return `${there} is not ${expected(schema)}${slip(schema, value) ?? aside}`;
}

/** The slips that people make with YAML. */
function slip(schema: JsonSchema, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (schema.type === 'array') return `; a list of one is written [${shown(value)}]`;
  if (schema.type === 'boolean') {
    if (/^(yes|on|true)$/i.test(value)) return '; did you mean true?';
    if (/^(no|off|false)$/i.test(value)) return '; did you mean false?';
  }
  if ((schema.type === 'integer' || schema.type === 'number') && /^-?\d+(\.\d+)?$/.test(value)) {
    return `; leave out the quotes: ${value}`;
  }
  return undefined;
}
