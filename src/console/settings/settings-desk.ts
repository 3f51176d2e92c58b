// Edits of settings: checked, kept in the history, written, and taken over by the router, in that order.
import type { SettingsEdit, SettingsEditor, SettingsFolderView, TextChange } from '../../config/index.js';
import type { EditHistory, NewEdit, RunningSettings } from './settings-ports.js';
import type {
  SavedView,
  SettingsCheckView,
  SettingsConflictView,
  SettingsProblemView,
  TakenOverView,
} from './settings-view.js';

type Conflict = { readonly kind: 'conflict' } & Omit<SettingsConflictView, 'code'>;

export type CheckAnswer =
  | ({ readonly kind: 'checked' } & SettingsCheckView)
  | Conflict
  | { readonly kind: 'unknown-file' | 'unreadable'; readonly message: string };

export type SaveAnswer =
  | ({ readonly kind: 'saved' } & SavedView)
  | { readonly kind: 'invalid'; readonly problems: readonly SettingsProblemView[] }
  | Conflict
  | {
      readonly kind:
        'unknown-file' | 'unreadable' | 'unwritable' | 'nothing-changed' | 'unknown-edit' | 'cannot-undo';
      readonly message: string;
    };

/** Who changes what, and why. */
export interface SaveRequest extends Pick<NewEdit, 'actor' | 'action' | 'comment' | 'subject' | 'undoOf'> {
  readonly file: string;
  /** Undefined: of whatever is there. */
  readonly version: string | undefined;
  readonly change: TextChange;
}

export interface SettingsDeskOptions {
  readonly editor: Pick<SettingsEditor, 'read' | 'check' | 'write' | 'diff' | 'exclusively'>;
  readonly history: EditHistory;
  readonly running: RunningSettings;
  /** The edit is on disk and its state could not be kept. */
  readonly onHistoryLost?: (error: unknown, edit: number) => void;
}

/** Texts of versions that pages were given, for the difference that a conflict shows. */
const maxRememberedBytes = 8_000_000;

export class SettingsDesk {
  readonly #options: SettingsDeskOptions;
  readonly #texts = new Map<string, string>();

  constructor(options: SettingsDeskOptions) {
    this.#options = options;
  }

  /** @throws SettingsEditorError */
  async read(): Promise<SettingsFolderView> {
    const folder = await this.#options.editor.read();
    for (const { version, text } of folder.files) this.#remember(version, text);
    return folder;
  }

  /** @throws SettingsEditorError */
  async check(file: string, version: string, edits: readonly SettingsEdit[]): Promise<CheckAnswer> {
    const checked = await this.#options.editor.check({ file, version, change: { kind: 'edits', edits } });
    switch (checked.kind) {
      case 'checked':
        return { kind: 'checked', problems: checked.problems, diff: checked.diff, text: checked.text };
      case 'refused': {
        const problem = { file, line: 0, column: 0, field: checked.field, message: checked.message };
        return { kind: 'checked', problems: [problem], diff: '', text: '' };
      }
      case 'stale':
        return this.#conflict(file, version, { version: checked.version, text: checked.text });
      case 'unknown-file':
        return unknownFile(file);
      case 'unreadable':
        return { kind: 'unreadable', message: checked.message };
      case 'overlap':
        throw new Error('edits do not overlap');
    }
  }

  /** @throws SettingsEditorError, and what the history rejects with: nothing was written then */
  save(request: SaveRequest): Promise<SaveAnswer> {
    return this.#options.editor.exclusively(() => this.#save(request));
  }

  /** Takes an edit back, as a new edit. @throws as `save` */
  async undo(edit: number, who: Pick<SaveRequest, 'actor' | 'comment'>): Promise<SaveAnswer> {
    const found = await this.#options.history.find(edit);
    if (found === undefined) return { kind: 'unknown-edit', message: `there is no edit ${edit}` };
    const { row, before, after } = found;
    if (row.state === 'failed')
      return {
        kind: 'cannot-undo',
        message: `edit ${edit} was never written: there is nothing to take back`,
      };
    if (before === null || after === null)
      return {
        kind: 'cannot-undo',
        message: `the texts of edit ${edit} are not kept any more: edit the values by hand`,
      };
    return this.save({
      ...who,
      action: 'settings-undo',
      file: row.file,
      subject: row.subject ?? undefined,
      version: undefined,
      change: { kind: 'undo', before, after },
      undoOf: edit,
    });
  }

  async #save({ version, change, ...request }: SaveRequest): Promise<SaveAnswer> {
    const { editor } = this.#options;
    const { file } = request;
    const checked = await editor.check({ file, version, change });
    switch (checked.kind) {
      case 'unknown-file':
        return unknownFile(file);
      case 'unreadable':
        return { kind: 'unreadable', message: checked.message };
      case 'stale':
        return this.#conflict(file, version, checked);
      case 'overlap':
        return this.#overlap(file, request.undoOf, checked.line);
      case 'refused': {
        const { field, message } = checked;
        return { kind: 'invalid', problems: [{ file, line: 0, column: 0, field, message }] };
      }
      case 'checked':
        break;
    }
    if (checked.problems.length > 0) return { kind: 'invalid', problems: checked.problems };
    if (checked.text === checked.before)
      return { kind: 'nothing-changed', message: `${file} says so already: nothing was written` };
    this.#remember(checked.beforeVersion, checked.before);
    return this.#write({
      ...request,
      diff: checked.diff,
      beforeVersion: checked.beforeVersion,
      afterVersion: checked.version,
      beforeText: checked.before,
      afterText: checked.text,
    });
  }

  async #write(edit: NewEdit): Promise<SaveAnswer> {
    const { editor, history, running } = this.#options;
    const number = await history.begin(edit);
    const watched = observe(running);
    try {
      const written = await editor.write(edit.file, edit.beforeVersion, edit.afterText);
      if (written.kind !== 'written') {
        const message = written.kind === 'stale' ? 'the file was changed meanwhile' : written.message;
        await this.#end(number, 'failed', message);
        if (written.kind === 'stale') return await this.#conflict(edit.file, edit.beforeVersion, written);
        return { kind: 'unwritable', message };
      }
      this.#remember(edit.afterVersion, edit.afterText);
      const takenOver = await watched.outcome();
      await this.#end(number, 'written');
      return { kind: 'saved', edit: number, version: edit.afterVersion, diff: edit.diff, running: takenOver };
    } finally {
      watched.stop();
    }
  }

  /** The file is as it is by now: an answer that says otherwise would be wrong. */
  async #end(edit: number, state: 'written' | 'failed', reason?: string): Promise<void> {
    await this.#options.history.end(edit, state, reason).catch((error: unknown) => {
      this.#options.onHistoryLost?.(error, edit);
    });
  }

  async #conflict(
    file: string,
    version: string | undefined,
    present: { readonly version: string; readonly text: string },
  ): Promise<Conflict> {
    this.#remember(present.version, present.text);
    const { editor, history } = this.#options;
    // Without the records, the conflict is told all the same.
    const [last] = await history.list({ file, limit: 1 }).catch(() => []);
    const before =
      version === undefined
        ? undefined
        : (this.#texts.get(version) ?? (await history.textOf(file, version).catch(() => undefined)));
    const diff = before === undefined ? '' : await editor.diff(file, before, present.text);
    const isTheirs = last !== undefined && last.afterVersion === present.version && last.state !== 'failed';
    return {
      kind: 'conflict',
      version: present.version,
      ...(isTheirs ? { changedBy: { actor: last.actor, at: last.at, edit: last.edit } } : {}),
      diff,
      message: isTheirs
        ? `${last.actor} has changed ${file} since you opened it; look at the difference and save again`
        : `${file} was changed by hand since you opened it; look at the difference and save again`,
    };
  }

  async #overlap(file: string, edit: number | undefined, line: number): Promise<Conflict> {
    const folder = await this.#options.editor.read();
    const version = folder.files.find((one) => one.file === file)?.version ?? '';
    const message = `the lines of ${file} that edit ${edit ?? ''} changed (line ${line} then) have been changed since: edit the values by hand`;
    return { kind: 'conflict', version, diff: '', message };
  }

  #remember(version: string, text: string): void {
    this.#texts.delete(version);
    this.#texts.set(version, text);
    let bytes = [...this.#texts.values()].reduce((sum, one) => sum + one.length, 0);
    for (const [oldest, one] of this.#texts) {
      if (bytes <= maxRememberedBytes || this.#texts.size === 1) break;
      this.#texts.delete(oldest);
      bytes -= one.length;
    }
  }
}

function unknownFile(file: string): { readonly kind: 'unknown-file'; readonly message: string } {
  return { kind: 'unknown-file', message: `there is no settings file ${JSON.stringify(file)}` };
}

/** What the router makes of the files from now on: its own watching may be quicker than we are. */
function observe(running: RunningSettings): { outcome(): Promise<TakenOverView>; stop(): void } {
  const needRestart = new Set<string>();
  let isChanged = false;
  let problems: readonly SettingsProblemView[] = [];
  const stop = running.observe({
    changed: (fields) => {
      isChanged = true;
      problems = [];
      for (const field of fields) needRestart.add(field);
    },
    refused: (found) => (problems = found),
  });
  return {
    stop,
    async outcome() {
      const outcome = await running.reload();
      if (outcome.kind === 'refused')
        return { state: 'refused', needRestart: [], problems: outcome.problems };
      if (problems.length > 0 && !isChanged) return { state: 'refused', needRestart: [], problems };
      const isTaken = isChanged || outcome.kind === 'changed';
      return { state: isTaken ? 'taken-over' : 'unchanged', needRestart: [...needRestart], problems: [] };
    },
  };
}
