export { AcceptedInvite } from './accepted-invite.js';
export { Dialog, dialogIdOf } from './dialog.js';
export type { DialogState, SentAck } from './dialog.js';
export { DialogStore } from './dialog-store.js';
export type { DialogHint } from './dialog-store.js';
export { offersReliable } from './reliable-provisionals.js';
export { contactUri, routeTo } from './route-set.js';
