// All the dialogs of the engine: by Call-ID and tags for the network, by id for applications.
import { dialogKey } from './dialog.js';
import type { Dialog } from './dialog.js';
import type { SipMessage } from '../message/sip-message.js';

export class DialogStore {
  readonly #byKey = new Map<string, Dialog>();
  /** Early dialogs of a forked INVITE share one id: the confirmed one, else the newest, has it. */
  readonly #byId = new Map<string, Dialog>();

  get size(): number {
    return this.#byKey.size;
  }

  add(dialog: Dialog): void {
    this.#byKey.set(dialog.key, dialog);
    this.take(dialog);
  }

  /** Makes this dialog the one that its id means. */
  take(dialog: Dialog): void {
    this.#byId.set(dialog.id, dialog);
  }

  delete(dialog: Dialog): void {
    if (this.#byKey.get(dialog.key) === dialog) this.#byKey.delete(dialog.key);
    if (this.#byId.get(dialog.id) === dialog) this.#byId.delete(dialog.id);
  }

  byId(id: string): Dialog | undefined {
    return this.#byId.get(id);
  }

  get(callId: string, localTag: string, remoteTag: string): Dialog | undefined {
    return this.#byKey.get(dialogKey(callId, localTag, remoteTag));
  }

  /** The dialog that a request from the network belongs to (12.2.2): our tag is in To. */
  ofRequest(request: SipMessage): Dialog | undefined {
    const localTag = request.to()?.tag;
    if (localTag === undefined) return undefined;
    return this.get(request.callId, localTag, request.from()?.tag ?? '');
  }

  /** The dialog that a response from the network belongs to: our tag is in From. */
  ofResponse(response: SipMessage): Dialog | undefined {
    const remoteTag = response.to()?.tag;
    if (remoteTag === undefined) return undefined;
    return this.get(response.callId, response.from()?.tag ?? '', remoteTag);
  }

  [Symbol.iterator](): IterableIterator<Dialog> {
    return this.#byKey.values();
  }
}
