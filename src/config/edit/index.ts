export { editedValues, EditRefusedError } from './changes.js';
export type { SettingsEdit } from './changes.js';
export { editText } from './edit-text.js';
export { unifiedDiff, versionOf } from './jobs.js';
export type { CheckJob, CheckResult, SettingsFile, SettingsFolderView, TextChange } from './jobs.js';
export { mergeTexts } from './merge.js';
export { SettingsEditor, SettingsEditorError } from './settings-editor.js';
export type { SettingsEditorOptions, WriteResult } from './settings-editor.js';
