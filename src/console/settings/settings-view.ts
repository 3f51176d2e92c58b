// What the API tells of settings and switches. Types alone: the pages read them too.

export interface SettingsFileView {
  /** Such as `offers.yaml`. */
  readonly file: string;
  readonly title: string;
  readonly version: string;
  readonly text: string;
  /** As written, without defaults; null where the text cannot be read as data. */
  readonly values: unknown;
  /** JSON Schema (draft 2020-12). */
  readonly schema: unknown;
}

/** One thing that is wrong, as a typed file would be told it. */
export interface SettingsProblemView {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Such as `offers[2].value`. */
  readonly field: string;
  readonly message: string;
}

export interface SettingsView {
  readonly files: readonly SettingsFileView[];
  /** Of the files as they are: while there are any, the router keeps what it has. */
  readonly problems: readonly SettingsProblemView[];
  /** Fields of proffer.yaml, such as `sip.listen`, that wait for the next start when they change. */
  readonly restartFields: readonly string[];
}

export type SettingsChangeView =
  | { readonly path: readonly (string | number)[]; readonly op: 'set' | 'insert'; readonly value: unknown }
  | { readonly path: readonly (string | number)[]; readonly op: 'remove' }
  | { readonly path: readonly (string | number)[]; readonly op: 'move'; readonly to: number };

export interface SettingsCheckView {
  readonly problems: readonly SettingsProblemView[];
  /** Unified; empty: nothing changes. */
  readonly diff: string;
  readonly text: string;
}

/** What the running router made of a change. */
export interface TakenOverView {
  /** `taken-over`: calls are decided by it; `unchanged`: it means the same; `refused`: the router keeps what it had. */
  readonly state: 'taken-over' | 'unchanged' | 'refused';
  /** Fields that wait for the next start. */
  readonly needRestart: readonly string[];
  readonly problems: readonly SettingsProblemView[];
}

export interface SavedView {
  /** Its number in the history. */
  readonly edit: number;
  readonly version: string;
  readonly diff: string;
  readonly running: TakenOverView;
}

/** Body of a 409 with code `conflict`. */
export interface SettingsConflictView {
  readonly code: 'conflict';
  readonly message: string;
  /** The present one. */
  readonly version: string;
  /** Undefined: by hand, or not known. */
  readonly changedBy?: { readonly actor: string; readonly at: string; readonly edit: number };
  /** From the version that was edited to the present one; empty where the older text is not known any more. */
  readonly diff: string;
}

export interface SettingsHistoryEntry {
  readonly edit: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly file: string;
  readonly subject: string | null;
  readonly comment: string;
  readonly diff: string;
  readonly beforeVersion: string;
  readonly afterVersion: string;
  readonly undoOf: number | null;
  readonly undoneBy: number | null;
  /** `begun`: the router ended before it could say what became of it. */
  readonly state: 'begun' | 'written' | 'failed';
  readonly canUndo: boolean;
}

export type SwitchKind =
  | 'kill-all'
  | 'kill-partner'
  | 'kill-offer'
  | 'diversion-cap'
  | 'drain-centre'
  | 'drain-queue'
  | 'drain-program';

export interface SwitchView {
  /** Such as `kill-offer:ACME-TRAVEL`; what PUT /v1/switches/:switch takes. */
  readonly switch: string;
  readonly kind: SwitchKind;
  readonly id: string;
  readonly name: string;
  /** Whose offers it stops, where it is of one partner. */
  readonly partner?: string;
  /** Something is held back by it. */
  readonly isOn: boolean;
  /** Of the diversion cap. */
  readonly percent?: number;
  /** The last time that it was switched over the API. */
  readonly last?: {
    readonly actor: string;
    readonly at: string;
    readonly edit: number;
    readonly comment: string;
  };
}
