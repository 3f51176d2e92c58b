// Changes to the values of a settings file, as an editor sends them, and what they do to plain data.
import { isDeepStrictEqual } from 'node:util';
import { formatFieldPath } from '../field-path.js';
import type { FieldPath } from '../field-path.js';

/**
 * `set` puts a value at a path, present or not; `remove` takes a key or a list item out; `insert` puts a value into a list before the
 * item at the path (the length of the list: after the last); `move` takes the item at the path to position `to` of its list.
 */
export type SettingsEdit =
  | { readonly path: FieldPath; readonly op: 'set' | 'insert'; readonly value: unknown }
  | { readonly path: FieldPath; readonly op: 'remove' }
  | { readonly path: FieldPath; readonly op: 'move'; readonly to: number };

/** Thrown for a change that does not fit what the file says, or that this editor cannot make. */
export class EditRefusedError extends Error {
  override readonly name = 'EditRefusedError';
  constructor(
    /** Such as `offers[2].value`. */
    readonly field: string,
    message: string,
  ) {
    super(message);
  }
}

type Holder = Record<string, unknown> | unknown[];

/** The values with the edit made; `values` stays as it is. @throws EditRefusedError */
export function editedValues(values: unknown, edit: SettingsEdit): unknown {
  const { path } = edit;
  if (path.length === 0) throw refusal(path, 'a change names a key of the file');
  const root = structuredClone(values ?? {});
  const holder = holderOf(root, path, edit.op === 'set');
  const last = path.at(-1) ?? '';
  if (Array.isArray(holder)) editList(holder, { edit, at: indexIn(holder, path, edit.op === 'insert') });
  else if (edit.op === 'set') holder[keyOf(path, last)] = edit.value;
  else if (edit.op === 'remove' && Object.hasOwn(holder, last)) Reflect.deleteProperty(holder, last);
  else throw refusal(path, edit.op === 'remove' ? 'there is nothing to remove' : 'is no list');
  return root;
}

function editList(list: unknown[], { edit, at }: { edit: SettingsEdit; at: number }): void {
  switch (edit.op) {
    case 'set':
      list[at] = edit.value;
      return;
    case 'insert':
      list.splice(at, 0, edit.value);
      return;
    case 'remove':
      list.splice(at, 1);
      return;
    case 'move':
      if (!Number.isInteger(edit.to) || edit.to < 0 || edit.to >= list.length)
        throw refusal(edit.path, `there is no position ${edit.to} in the list`);
      list.splice(edit.to, 0, ...list.splice(at, 1));
  }
}

/** What holds the last step; a `set` makes keys that are missing on the way. */
function holderOf(root: unknown, path: FieldPath, makes: boolean): Holder {
  let here = root;
  path.slice(0, -1).forEach((step, index) => {
    const place = path.slice(0, index + 1);
    if (Array.isArray(here)) here = here[indexIn(here, place, false)] as unknown;
    else if (isRecord(here)) {
      if ((here[keyOf(place, step)] ?? null) === null && makes) here[String(step)] = {};
      here = here[String(step)];
    } else throw refusal(place, 'there is no such place in the file');
  });
  if (Array.isArray(here) || isRecord(here)) return here;
  throw refusal(path, 'there is no such place in the file');
}

function keyOf(path: FieldPath, step: string | number): string {
  if (typeof step !== 'string' || step === '__proto__')
    throw refusal(path, 'there is no such place in the file');
  return step;
}

function indexIn(list: readonly unknown[], path: FieldPath, orNext: boolean): number {
  const step = path.at(-1);
  const most = orNext ? list.length : list.length - 1;
  if (typeof step === 'number' && Number.isInteger(step) && step >= 0 && step <= most) return step;
  throw refusal(path, 'there is no such item in the list');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function refusal(path: FieldPath, message: string): EditRefusedError {
  return new EditRefusedError(formatFieldPath(path), message);
}

/**
 * The edit as several that change less: a value in place of another of its shape changes only what differs, so that comments
 * between stay.
 */
export function smallEdits(values: unknown, edit: SettingsEdit): readonly SettingsEdit[] {
  if (edit.op !== 'set') return [edit];
  let before = values;
  for (const [index, step] of edit.path.entries()) {
    before =
      isRecord(before) || Array.isArray(before) ? (before as Record<string, unknown>)[step] : undefined;
    const below = edit.path.slice(index + 1);
    // A key without a value becomes a map.
    if (before === null && below.length > 0) {
      const value = below.reduceRight<unknown>((held, key) => ({ [key]: held }), edit.value);
      return [{ path: edit.path.slice(0, index + 1), op: 'set', value }];
    }
  }
  return differences(edit.path, before, edit.value);
}

function differences(path: FieldPath, before: unknown, after: unknown): readonly SettingsEdit[] {
  if (isDeepStrictEqual(before, after)) return [];
  const isFilled = (value: object): boolean => Object.keys(value).length > 0;
  if (isRecord(before) && isRecord(after) && isFilled(before) && isFilled(after)) {
    const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
    return [
      ...Object.entries(after).flatMap(([key, value]) => differences([...path, key], before[key], value)),
      ...gone.map((key) => ({ path: [...path, key], op: 'remove' }) as const),
    ];
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length > 0 && after.length > 0) {
    return listDifferences(path, before, after);
  }
  return [{ path, op: 'set', value: after }];
}

function listDifferences(
  path: FieldPath,
  before: readonly unknown[],
  after: readonly unknown[],
): SettingsEdit[] {
  const common = Math.min(before.length, after.length);
  return [
    ...after.slice(0, common).flatMap((value, at) => differences([...path, at], before[at], value)),
    ...after
      .slice(common)
      .map((value, at) => ({ path: [...path, common + at], op: 'insert', value }) as const),
    // From the last, so that positions stay true.
    ...before
      .slice(common)
      .map((_, at) => ({ path: [...path, before.length - 1 - at], op: 'remove' }) as const),
  ];
}
