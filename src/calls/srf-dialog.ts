// Dialogs over srf's requests and responses. srf's own Dialog class is left aside: it answers a re-INVITE without SDP with an
// exception, acknowledges for itself and knows only status 200; a bridge of two dialogs needs the messages themselves.
import type { DialogEvents, DialogResponse, OutgoingCall, ResponseContent, SipDialog } from './gateway.js';
import { GatewayDialogRequest, sendOptions } from './srf-request.js';
import type { SrfApplication, SrfRequest, SrfResponse } from './srf-view.js';

/** The dialogs of one gateway, by the engine's dialog id. */
export class DialogTable {
  readonly #dialogs = new Map<string, SrfDialog>();
  readonly #srf: SrfApplication;

  constructor(srf: SrfApplication) {
    this.#srf = srf;
  }

  open(id: string): SrfDialog {
    const dialog = new SrfDialog(this.#srf, id, () => {
      if (this.#dialogs.get(id) === dialog) this.#dialogs.delete(id);
    });
    this.#dialogs.set(id, dialog);
    return dialog;
  }

  /** Takes a request that belongs to one of the dialogs; false when it belongs to none. */
  dispatch(req: SrfRequest, res: SrfResponse): boolean {
    const dialog = req.stackDialogId === '' ? undefined : this.#dialogs.get(req.stackDialogId);
    dialog?.receive(req, res);
    return dialog !== undefined;
  }

  /** The link to the engine is gone, and every dialog with it. */
  endAll(reason: string): void {
    for (const dialog of [...this.#dialogs.values()]) dialog.end(reason);
  }

  get size(): number {
    return this.#dialogs.size;
  }
}

export class SrfDialog implements SipDialog {
  readonly #srf: SrfApplication;
  readonly #id: string;
  readonly #onClosed: () => void;
  #events: DialogEvents | undefined;
  #isOver = false;
  #endedBefore: string | undefined;

  constructor(srf: SrfApplication, id: string, onClosed: () => void) {
    this.#srf = srf;
    this.#id = id;
    this.#onClosed = onClosed;
  }

  listen(events: DialogEvents): void {
    this.#events = events;
    if (this.#endedBefore !== undefined) events.onEnded(this.#endedBefore);
  }

  receive(req: SrfRequest, res: SrfResponse): void {
    if (req.method === 'ACK') {
      this.#events?.onAck(req.msg.body ?? '');
      return;
    }
    if (req.method === 'BYE') {
      res.send(200, {});
      this.end(req.source === 'application' ? 'ended-by-engine' : 'bye');
      return;
    }
    const request = new GatewayDialogRequest(req, res);
    if (this.#events === undefined) request.respond(500, { headers: { 'Retry-After': '1' } });
    else this.#events.onRequest(request);
  }

  end(reason: string): void {
    if (this.#isOver) return;
    this.#close();
    if (this.#events === undefined) this.#endedBefore = reason;
    else this.#events.onEnded(reason);
  }

  bye(): void {
    if (this.#isOver) return;
    this.#close();
    this.#send('BYE', {}, () => undefined);
  }

  request(method: string, content: ResponseContent, done: (response: DialogResponse) => void): OutgoingCall {
    return this.#send(method, content, done);
  }

  #close(): void {
    this.#isOver = true;
    this.#onClosed();
  }

  #send(method: string, content: ResponseContent, done: (response: DialogResponse) => void): OutgoingCall {
    const outgoing = new OutgoingRequest();
    const failed = (): void => done({ status: 481, ack: () => undefined });
    const options = { ...sendOptions(content), method, stackDialogId: this.#id };
    try {
      this.#srf.request('sip:placeholder', options, (error, req) => {
        if (error !== null && error !== undefined) {
          // The dialog ended while the request was on its way: benign, and the other side hears of it by BYE.
          failed();
          return;
        }
        if (req === undefined) return;
        outgoing.sent(req);
        req.on('response', (res, ack) => {
          if (res.status < 200) return;
          done({
            status: res.status,
            ...(res.msg.reason === undefined ? {} : { reason: res.msg.reason }),
            headers: res.msg.headers,
            body: res.msg.body ?? '',
            ack: (body) => ack(body === undefined ? undefined : { body }),
          });
        });
      });
    } catch {
      // srf throws when it has no connection.
      failed();
    }
    return outgoing;
  }
}

/** A request of ours that can be cancelled, even before the engine has said that it took it. */
export class OutgoingRequest implements OutgoingCall {
  #req: SrfRequest | undefined;
  #isCancelled = false;
  #isSent = false;

  sent(req: SrfRequest): void {
    this.#req = req;
    if (this.#isCancelled) this.#send();
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#send();
  }

  #send(): void {
    if (this.#req === undefined || this.#isSent) return;
    this.#isSent = true;
    try {
      this.#req.cancel();
    } catch {
      // The connection is gone; the engine ends the request by itself.
    }
  }
}
