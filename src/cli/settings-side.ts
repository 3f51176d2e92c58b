// Editing of settings in a router process: the files, the history in the records, and the watcher that takes edits over.
import { SettingsDesk, settingsApi, SettingsTopic, SwitchDesk } from '../console/index.js';
import type { ApiArea, RunningSettings } from '../console/index.js';
import { SettingsEditor } from '../config/index.js';
import type { Environment, SettingsWatcher } from '../config/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import { SettingsEdits } from '../records/index.js';
import type { Sql } from '../records/index.js';

export interface SettingsSideParts {
  readonly environment: Environment;
  readonly watcher: () => SettingsWatcher;
  readonly database: Sql;
  readonly clock: Clock;
  readonly log: Logger;
}

export class SettingsSide {
  readonly area: ApiArea;
  readonly topic: SettingsTopic;
  readonly #editor: SettingsEditor;

  constructor({ environment, watcher, database, clock, log }: SettingsSideParts) {
    const { configDir } = environment;
    const editor = new SettingsEditor({ configDir, environment, clock });
    const history = new SettingsEdits(database, clock);
    const running = runningSettings(watcher);
    const desk = new SettingsDesk({
      editor,
      history,
      running,
      onHistoryLost: (error, edit) =>
        log.error({ err: error, edit }, 'state of a settings edit was not kept'),
    });
    const switches = new SwitchDesk({ desk, history, running });
    this.area = settingsApi({ desk, switches, history });
    this.topic = new SettingsTopic({ read: () => editor.read(), running });
    this.#editor = editor;
  }

  get part(): Part {
    return { name: 'settings editor', start: () => undefined, stop: () => this.#editor.stop() };
  }
}

function runningSettings(watcher: () => SettingsWatcher): RunningSettings {
  return {
    get settings() {
      return watcher().settings;
    },
    reload: () => watcher().reload(),
    observe: ({ changed, refused }) => {
      const { events } = watcher();
      const ends = [
        events.on('changed', (change) => changed(change.needRestart)),
        events.on('refused', refused),
      ];
      return () => {
        for (const end of ends) end();
      };
    },
  };
}
