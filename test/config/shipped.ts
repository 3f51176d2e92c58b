// The shipped settings, and bad versions of them.
import { join } from 'node:path';
import { parseSettings, readTexts } from '../../src/config/load.js';
import type { SettingsResult, SettingsTexts } from '../../src/config/load.js';
import { formatProblem, readEnvironment } from '../../src/config/index.js';
import type { Environment } from '../../src/config/index.js';
import { sectionNames, sections } from '../../src/config/sections.js';
import { repositoryRoot } from '../support/repository-root.js';

/** The texts of config/, named as from the root of the repository. */
export const shippedTexts: SettingsTexts = (() => {
  const texts: { -readonly [name in keyof SettingsTexts]: SettingsTexts[name] } = readTexts(
    join(repositoryRoot, 'config'),
  );
  for (const name of sectionNames) texts[name] = { ...texts[name], file: `config/${sections[name].file}` };
  return texts;
})();

export const noEnvironment: Environment = readEnvironment({});

/** The last block of the shipped offers. */
export const shippedMenus: string = (() => {
  const { offers } = shippedTexts;
  return 'text' in offers ? offers.text.slice(offers.text.indexOf('\nmenus:\n') + 1) : '';
})();

/** Replaces the first `from` in a shipped file; both in their exact words. */
export interface Edit {
  /** Such as `offers.yaml`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export function edited(edits: readonly Edit[]): SettingsTexts {
  const texts = { ...shippedTexts };
  for (const { file, from, to } of edits) {
    const name = sectionNames.find((one) => sections[one].file === file);
    const before = name === undefined ? undefined : texts[name];
    if (name === undefined || before === undefined || !('text' in before) || !before.text.includes(from)) {
      throw new Error(`${file} has no ${JSON.stringify(from)}`);
    }
    texts[name] = { file: before.file, text: before.text.replace(from, () => to) };
  }
  return texts;
}

/** The problems as `proffer check` prints them; none when the settings are valid. */
export function linesOf(result: SettingsResult): readonly string[] {
  return result.ok ? [] : result.problems.map(formatProblem);
}

export function problemLines(edits: readonly Edit[], environment = noEnvironment): readonly string[] {
  return linesOf(parseSettings(edited(edits), environment));
}
