// What is done with settings files away from the calls, in a thread of its own: reading, editing, checking, merging.
import { createHash } from 'node:crypto';
import { createTwoFilesPatch } from 'diff';
import { parse } from 'yaml';
import { errorMessage } from '../../kernel/index.js';
import { editorSchemas } from '../editor-schemas.js';
import type { JsonSchema } from '../json-schema.js';
import { parseSettings, readTexts } from '../load.js';
import type { FileText, SettingsTexts } from '../load.js';
import type { SettingsProblem } from '../problems.js';
import { sectionNames, sections } from '../sections.js';
import type { SectionName } from '../sections.js';
import type { Environment } from '../settings.js';
import { EditRefusedError } from './changes.js';
import type { SettingsEdit } from './changes.js';
import { editText } from './edit-text.js';
import { mergeTexts } from './merge.js';

export interface SettingsFile {
  /** Such as `offers.yaml`. */
  readonly file: string;
  readonly title: string;
  /** SHA-256 of the text. */
  readonly version: string;
  readonly text: string;
  /** As written, without defaults; null where the text cannot be read as data. */
  readonly values: unknown;
  /** JSON Schema, draft 2020-12, as editors of YAML use it. */
  readonly schema: unknown;
}

export interface SettingsFolderView {
  readonly files: readonly SettingsFile[];
  /** What is wrong with the files as they are. */
  readonly problems: readonly SettingsProblem[];
}

/** How the text of one file becomes another. */
export type TextChange =
  | { readonly kind: 'edits'; readonly edits: readonly SettingsEdit[] }
  /** Takes back what led from `before` to `after`, also where other lines have changed since. */
  | { readonly kind: 'undo'; readonly before: string; readonly after: string };

export interface CheckJob {
  readonly kind: 'check';
  readonly file: string;
  /** Of the text that the change was made on; undefined: whatever is there. */
  readonly version: string | undefined;
  readonly change: TextChange;
}

export type CheckResult =
  | {
      readonly kind: 'checked';
      readonly before: string;
      readonly beforeVersion: string;
      readonly text: string;
      readonly version: string;
      /** Unified. */
      readonly diff: string;
      /** Of the whole directory with the change; empty: it can be used. */
      readonly problems: readonly SettingsProblem[];
    }
  | { readonly kind: 'unknown-file' }
  /** The file is not the one that the change was made on. */
  | { readonly kind: 'stale'; readonly version: string; readonly text: string }
  | { readonly kind: 'refused'; readonly field: string; readonly message: string }
  | { readonly kind: 'overlap'; readonly line: number }
  | { readonly kind: 'unreadable'; readonly message: string };

export interface DiffJob {
  readonly kind: 'diff';
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

export type SettingsJob = { readonly kind: 'read' } | CheckJob | DiffJob;

export function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** @param label what stands in the head of the difference, such as `offers.yaml` */
export function unifiedDiff(label: string, before: string, after: string): string {
  if (before === after) return '';
  return createTwoFilesPatch(label, label, before, after, undefined, undefined, { context: 3 })
    .split('\n')
    .filter((line) => !line.startsWith('===='))
    .join('\n');
}

/** The section of a file's name; undefined for any other name. */
export function sectionOf(file: string): SectionName | undefined {
  return sectionNames.find((name) => sections[name].file === file);
}

export function readJob(configDir: string, environment: Environment): SettingsFolderView {
  const texts = readTexts(configDir);
  const result = parseSettings(named(texts), environment);
  const schemas = new Map(editorSchemas().map(({ file, text }) => [file, JSON.parse(text) as JsonSchema]));
  const files = sectionNames.flatMap((name): SettingsFile[] => {
    const { file, title, schema: rules } = sections[name];
    const found = texts[name];
    if ('unreadable' in found) return [];
    const form = schemas.get(file.replace('.yaml', '.json'));
    const schema = form === undefined ? undefined : withDefaults(form, rules);
    const { text } = found;
    return [{ file, title, version: versionOf(text), text, values: valuesOf(text), schema }];
  });
  return { files, problems: result.ok ? [] : result.problems };
}

/** Files for editors leave out that an object need not be written; a form has to know. */
function withDefaults(form: JsonSchema, rules: JsonSchema): JsonSchema {
  const properties = Object.entries(form.properties ?? {}).map(([key, one]) => {
    const rule = rules.properties?.[key];
    return [key, rule === undefined ? one : withDefaults(one, rule)] as const;
  });
  return {
    ...form,
    ...(rules.type === 'object' && rules.default !== undefined ? { default: rules.default } : {}),
    ...(form.properties === undefined ? {} : { properties: Object.fromEntries(properties) }),
    ...(form.items === undefined || rules.items === undefined
      ? {}
      : { items: withDefaults(form.items, rules.items) }),
  };
}

function valuesOf(text: string): unknown {
  try {
    return (parse(text, { logLevel: 'silent' }) as unknown) ?? {};
  } catch {
    return null;
  }
}

/** The texts under their plain names: who reads the problems needs no path of the server. */
function named(texts: SettingsTexts): SettingsTexts {
  const entries = sectionNames.map((name) => [name, { ...texts[name], file: sections[name].file }]);
  return Object.fromEntries(entries) as Record<SectionName, FileText>;
}

export function checkJob(configDir: string, environment: Environment, job: CheckJob): CheckResult {
  const section = sectionOf(job.file);
  if (section === undefined) return { kind: 'unknown-file' };
  const texts = named(readTexts(configDir));
  const found = texts[section];
  if ('unreadable' in found) return { kind: 'unreadable', message: found.unreadable };
  const before = found.text;
  const beforeVersion = versionOf(before);
  if (job.version !== undefined && job.version !== beforeVersion)
    return { kind: 'stale', version: beforeVersion, text: before };
  const changed = changedText(before, job.change);
  if (changed.kind !== 'text') return changed;
  const { text } = changed;
  const result = parseSettings({ ...texts, [section]: { file: job.file, text } }, environment);
  return {
    kind: 'checked',
    before,
    beforeVersion,
    text,
    version: versionOf(text),
    diff: unifiedDiff(job.file, before, text),
    problems: result.ok ? [] : result.problems,
  };
}

function changedText(
  before: string,
  change: TextChange,
): { readonly kind: 'text'; readonly text: string } | Extract<CheckResult, { kind: 'refused' | 'overlap' }> {
  if (change.kind === 'undo') {
    const merged = mergeTexts(change.after, change.before, before);
    return merged.kind === 'merged'
      ? { kind: 'text', text: merged.text }
      : { kind: 'overlap', line: merged.line };
  }
  try {
    return { kind: 'text', text: editText(before, change.edits) };
  } catch (error) {
    const field = error instanceof EditRefusedError ? error.field : '';
    return { kind: 'refused', field, message: errorMessage(error) };
  }
}
