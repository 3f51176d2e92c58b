export { editedValues, EditRefusedError } from './changes.js';
export type { SettingsEdit } from './changes.js';
export { editText } from './edit-text.js';
