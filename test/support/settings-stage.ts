// The settings area over a folder of its own: real files, the real loader and watcher, a history in memory.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import {
  loadSettings,
  readEnvironment,
  SettingsEditor,
  SettingsWatcher,
  watchedDirectory,
} from '../../src/config/index.js';
import type { ApiArea } from '../../src/console/api-area.js';
import { settingsApi } from '../../src/console/settings/settings-api.js';
import { SettingsDesk } from '../../src/console/settings/settings-desk.js';
import type { EditHistory, NewEdit } from '../../src/console/settings/settings-ports.js';
import type { SettingsHistoryEntry } from '../../src/console/settings/settings-view.js';
import { SwitchDesk } from '../../src/console/settings/switch-desk.js';
import { AppError, systemClock } from '../../src/kernel/index.js';
import { repositoryRoot } from './repository-root.js';

export class MemoryHistory implements EditHistory {
  readonly edits: (NewEdit & { state: SettingsHistoryEntry['state']; at: string })[] = [];
  isDown = false;

  begin(edit: NewEdit): Promise<number> {
    if (this.isDown) return Promise.reject(new AppError('RECORDS_UNAVAILABLE', 'the database is down'));
    this.edits.push({ ...edit, state: 'begun', at: new Date().toISOString() });
    return Promise.resolve(this.edits.length);
  }

  end(edit: number, state: 'written' | 'failed'): Promise<void> {
    const found = this.edits[edit - 1];
    if (found !== undefined) found.state = state;
    return Promise.resolve();
  }

  list: EditHistory['list'] = ({ file, limit }) =>
    Promise.resolve(
      this.edits
        .map((_, at) => this.#entry(at + 1))
        .filter((one) => file === undefined || one.file === file)
        .toReversed()
        .slice(0, limit),
    );

  find: EditHistory['find'] = (edit) => {
    const found = this.edits[edit - 1];
    return Promise.resolve(
      found && { row: this.#entry(edit), before: found.beforeText, after: found.afterText },
    );
  };

  textOf: EditHistory['textOf'] = () => Promise.resolve(undefined);

  #entry(edit: number): SettingsHistoryEntry {
    const found = this.edits[edit - 1];
    if (found === undefined) throw new Error(`there is no edit ${edit}`);
    const { beforeText: _before, afterText: _after, subject = null, undoOf = null, ...rest } = found;
    const undone = this.edits.findLastIndex((one) => one.undoOf === edit);
    return { ...rest, edit, subject, undoOf, undoneBy: undone < 0 ? null : undone + 1, canUndo: true };
  }
}

export interface SettingsStage {
  readonly configDir: string;
  readonly area: ApiArea;
  readonly history: MemoryHistory;
  readonly watcher: SettingsWatcher;
  read(file: string): string;
  /** By hand, as in an editor. */
  write(file: string, text: string): void;
}

/** @param variables of the environment of the router */
export function openSettings(t: Test, variables: Readonly<Record<string, string>> = {}): SettingsStage {
  const configDir = mkdtempSync(join(tmpdir(), 'proffer-settings-'));
  t.teardown(() => rmSync(configDir, { recursive: true, force: true }));
  for (const name of ['proffer', 'trunks', 'partners', 'centres', 'offers', 'ranking'])
    cpSync(join(repositoryRoot, 'config', `${name}.yaml`), join(configDir, `${name}.yaml`));
  const environment = readEnvironment({ PROFFER_CONFIG_DIR: configDir, ...variables });
  const loaded = loadSettings(configDir, environment);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const watcher = new SettingsWatcher({
    settings: loaded.settings,
    files: watchedDirectory(configDir, environment),
    clock: systemClock,
    onListenerError: (error) => t.fail(String(error)),
  });
  const editor = new SettingsEditor({ configDir, environment, clock: systemClock });
  t.teardown(() => editor.stop());
  const history = new MemoryHistory();
  const running = {
    get settings() {
      return watcher.settings;
    },
    reload: () => watcher.reload(),
    observe: () => () => undefined,
  };
  const desk = new SettingsDesk({ editor, history, running });
  const switches = new SwitchDesk({ desk, history, running });
  const pathOf = (file: string): string => join(configDir, file);
  return {
    configDir,
    area: settingsApi({ desk, switches, history }),
    history,
    watcher,
    read: (file) => readFileSync(pathOf(file), 'utf8'),
    write: (file, text) => writeFileSync(pathOf(file), text),
  };
}
