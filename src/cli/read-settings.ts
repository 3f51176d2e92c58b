// What every command that needs the settings begins with.
import { loadSettings, readEnvironment, SettingsError } from '../config/index.js';
import type { Environment, Settings } from '../config/index.js';

export interface SettingsInUse {
  readonly settings: Settings;
  /** With the directory that the settings came from. */
  readonly environment: Environment;
}

/**
 * @param configDir of the option `--config`; default what the environment says
 * @throws SettingsError with every problem there is
 */
export function readSettings(configDir: string | undefined): SettingsInUse {
  const variables = readEnvironment();
  const environment = configDir === undefined ? variables : { ...variables, configDir };
  const result = loadSettings(environment.configDir, environment);
  if (!result.ok) throw new SettingsError(result.problems);
  return { settings: result.settings, environment };
}
