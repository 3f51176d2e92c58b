// Ports of the editing of settings: what keeps the edits, and the router that runs by them. src/cli wires them.
import type { ReloadOutcome, Settings, SettingsProblem } from '../../config/index.js';
import type { SettingsHistoryEntry } from './settings-view.js';

export interface NewEdit {
  readonly actor: string;
  readonly action: 'settings-edit' | 'settings-undo' | 'settings-switch';
  readonly file: string;
  readonly subject?: string | undefined;
  readonly comment: string;
  readonly diff: string;
  readonly beforeVersion: string;
  readonly afterVersion: string;
  readonly beforeText: string;
  readonly afterText: string;
  readonly undoOf?: number | undefined;
}

export interface HistoryFilter {
  readonly file?: string | undefined;
  readonly subject?: string | undefined;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Each rejects with an error of code RECORDS_UNAVAILABLE where the records cannot be reached. */
export interface EditHistory {
  /** Writes the edit and its line of the audit, before the file is written. */
  begin(edit: NewEdit): Promise<number>;
  end(edit: number, state: 'written' | 'failed', reason?: string): Promise<void>;
  list(filter: HistoryFilter): Promise<readonly SettingsHistoryEntry[]>;
  find(edit: number): Promise<
    | {
        readonly row: SettingsHistoryEntry;
        readonly before: string | null;
        readonly after: string | null;
      }
    | undefined
  >;
  textOf(file: string, version: string): Promise<string | undefined>;
}

/** The router's own settings; `SettingsWatcher` is one. */
export interface RunningSettings {
  readonly settings: Settings;
  reload(): Promise<ReloadOutcome>;
  /** Until the returned function is called. */
  observe(on: {
    changed: (needRestart: readonly string[]) => void;
    refused: (problems: readonly SettingsProblem[]) => void;
  }): () => void;
}
