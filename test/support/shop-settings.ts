// The shipped settings, changed for one test.
import { loadSettings, readEnvironment, SettingsError } from '../../src/config/index.js';
import type { Settings } from '../../src/config/index.js';
import { SettingsFolder } from './router-settings.js';
import type { SettingsDraft } from './router-settings.js';

/** @throws SettingsError when `edit` made them wrong */
export function shopSettings(edit: (draft: SettingsDraft) => void = () => undefined): Settings {
  const folder = new SettingsFolder();
  try {
    folder.change(edit);
    const result = loadSettings(folder.path, readEnvironment({}));
    if (!result.ok) throw new SettingsError(result.problems);
    return result.settings;
  } finally {
    folder.remove();
  }
}
