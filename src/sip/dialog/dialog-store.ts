// All the dialogs of the engine: by Call-ID and tags for the network, by id for applications.
import { dialogKey } from './dialog.js';
import type { Dialog } from './dialog.js';
import type { SipMessage } from '../message/sip-message.js';

/** What a request of an application says about the dialog it means, beyond its id. */
export interface DialogHint {
  readonly toTag: string | undefined;
  /** Of a PRACK: the number that it acknowledges. */
  readonly rseq: number | undefined;
}

export class DialogStore {
  readonly #byKey = new Map<string, Dialog>();
  /** Early dialogs of a forked INVITE share one id: the confirmed one, else the one last heard of, has it. */
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
    if (this.#byId.get(dialog.id) !== dialog) return;
    const other = dialog.forks?.findLast((fork) => fork !== dialog && fork.isLive);
    if (other === undefined) this.#byId.delete(dialog.id);
    else this.#byId.set(dialog.id, other);
  }

  byId(id: string): Dialog | undefined {
    return this.#byId.get(id);
  }

  /** Among the early dialogs of a fork, the one that is hinted at. */
  meant(id: string, hint: DialogHint): Dialog | undefined {
    const last = this.#byId.get(id);
    const live = last?.forks?.filter((fork) => fork.isLive);
    if (last === undefined || live === undefined || live.length === 0) return last;
    const { toTag, rseq } = hint;
    const tagged = toTag === undefined ? undefined : live.find((fork) => fork.remoteTag === toTag);
    const newest = last.isLive ? last : live.at(-1);
    if (tagged !== undefined || rseq === undefined || newest?.rseq === rseq) return tagged ?? newest;
    return live.find((fork) => fork.rseq === rseq) ?? newest;
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
