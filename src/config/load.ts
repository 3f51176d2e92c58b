// Loading: read, defaults, schema, cross-checks, environment, freeze. All problems are found, not only the first.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, errorMessage } from '../kernel/index.js';
import { crossChecks } from './checks/all.js';
import type { Report, SettingsTree } from './checks/tree.js';
import { Cursor } from './cursor.js';
import { effectiveSettings, environmentProblems } from './effective.js';
import { formatFieldPath } from './field-path.js';
import { deepFreeze } from './freeze.js';
import { sortProblems } from './problems.js';
import type { SettingsProblem } from './problems.js';
import { checkSection } from './schema-check.js';
import { optionalSections, sectionNames, sections } from './sections.js';
import type { SectionName } from './sections.js';
import type { Environment, Settings } from './settings.js';
import { rememberStamp, stampFiles } from './stamps.js';
import { YamlSource } from './yaml-source.js';

/** Settings that passed every check, or every problem that was found, by file and line. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/** The text of one settings file, or why there is none. */
export type FileText =
  { readonly file: string; readonly text: string } | { readonly file: string; readonly unreadable: string };

export type SettingsTexts = Readonly<Record<SectionName, FileText>>;

/**
 * Reads and checks the files of a settings directory. Never throws: what is wrong is in the result.
 * @param configDir as the user named it; problems name files under it
 * @param environment what replaces settings; see `effectiveSettings`
 */
export function loadSettings(configDir: string, environment: Environment): SettingsResult {
  const missing = directoryProblem(configDir);
  if (missing !== undefined) return { ok: false, problems: [missing] };
  const stamp = stampFiles(configDir);
  const result = parseSettings(readTexts(configDir), environment);
  if (result.ok) rememberStamp(result.settings, stamp);
  return result;
}

function directoryProblem(configDir: string): SettingsProblem | undefined {
  const at = { file: configDir, line: 0, column: 0, field: '' };
  try {
    if (statSync(configDir).isDirectory()) return undefined;
    return { ...at, message: 'is not a directory; name the one that holds proffer.yaml' };
  } catch (error) {
    const hint = 'name the one that holds proffer.yaml with --config or PROFFER_CONFIG_DIR';
    if (errorCode(error) === 'ENOENT') return { ...at, message: `there is no such directory; ${hint}` };
    return { ...at, message: `cannot be read: ${errorMessage(error)}` };
  }
}

/** The texts of the files as they are now. */
export function readTexts(configDir: string): SettingsTexts {
  const read = (name: SectionName): FileText => {
    const file = join(configDir, sections[name].file);
    try {
      return { file, text: readFileSync(file, 'utf8') };
    } catch (error) {
      if (errorCode(error) === 'ENOENT' && optionalSections.has(name)) return { file, text: '{}\n' };
      return { file, unreadable: unreadableReason(error) };
    }
  };
  return {
    process: read('process'),
    trunks: read('trunks'),
    partners: read('partners'),
    centres: read('centres'),
    offers: read('offers'),
    ranking: read('ranking'),
  };
}

function unreadableReason(error: unknown): string {
  if (errorCode(error) === 'ENOENT')
    return 'is missing; a working example is in the config directory of Proffer';
  return `cannot be read: ${errorMessage(error)}`;
}

/** Checks texts that were read before: the same texts give the same result. */
export function parseSettings(texts: SettingsTexts, environment: Environment): SettingsResult {
  const loading = new Loading(texts);
  const problems = [...loading.problems];
  if (problems.length > 0) return { ok: false, problems: sortProblems(problems) };
  const settings = effectiveSettings(loading.settings(), environment);
  problems.push(...environmentProblems(settings, environment));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: deepFreeze(settings) };
}

class Loading {
  readonly problems: SettingsProblem[] = [];
  readonly #sources = new Map<SectionName, YamlSource>();
  readonly #values: Partial<Record<SectionName, unknown>> = {};

  constructor(texts: SettingsTexts) {
    for (const name of sectionNames) this.#readSection(name, texts[name]);
    this.#crossCheck();
  }

  /** The values; only when there are no problems, which is what makes the casts true. */
  settings(): Settings {
    return this.#values as unknown as Settings;
  }

  #readSection(name: SectionName, text: FileText): void {
    if ('unreadable' in text) {
      this.problems.push({ file: text.file, line: 0, column: 0, field: '', message: text.unreadable });
      return;
    }
    const source = new YamlSource(text.file, text.text);
    this.problems.push(...source.problems);
    if (source.value === undefined) return;
    this.#sources.set(name, source);
    const checked = checkSection(sections[name].schema, source);
    this.#values[name] = checked.value;
    this.problems.push(...checked.problems);
  }

  #crossCheck(): void {
    const tree = Object.fromEntries(
      sectionNames.map((name) => {
        const isRead = this.#sources.has(name);
        return [name, isRead ? new Cursor(name, this.#values[name]) : undefined];
      }),
    ) as SettingsTree;
    const said = new Set(this.problems.map((one) => `${one.file} ${one.field}`));
    const say = (at: Cursor, message: string, which: 'position' | 'keyPosition'): void => {
      const source = this.#sources.get(at.section);
      const field = formatFieldPath(at.path);
      // What does not fit its schema has been said already.
      if (source === undefined || said.has(`${source.file} ${field}`)) return;
      this.problems.push({ file: source.file, ...source[which](at.path), field, message });
    };
    const report: Report = Object.assign((at: Cursor, message: string) => say(at, message, 'position'), {
      key: (at: Cursor, message: string) => say(at, message, 'keyPosition'),
      line: (at: Cursor) => ` (line ${this.#sources.get(at.section)?.position(at.path).line ?? 0})`,
    });
    for (const check of crossChecks) check(tree, report);
  }
}
