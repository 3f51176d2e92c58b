// The request that refreshes a session, sent by the engine itself: RFC 4028 7.4. Its ACK and its copies are the engine's
// business too.
import type { Dialog } from './dialog/dialog.js';
import { minSessionSeconds } from './dialog/session-expires.js';
import type { Session } from './dialog/session-expires.js';
import { composeInDialog, routeInDialog } from './dialog-requests.js';
import type { DialogRoute } from './dialog-requests.js';
import { count } from './engine-counters.js';
import type { EngineContext } from './engine-context.js';
import { makeLine } from './message/sip-message.js';
import type { SipMessage } from './message/sip-message.js';
import type { OwedAcks } from './owed-acks.js';
import { resolveTarget } from './transport/resolve-target.js';
import type { Target } from './transport/transport.js';

export class SessionRefresh {
  readonly #context: EngineContext;
  readonly #acks: OwedAcks;

  constructor(context: EngineContext, acks: OwedAcks) {
    this.#context = context;
    this.#acks = acks;
  }

  /**
   * Sends a re-INVITE with our last SDP; where we never had one, an UPDATE without any.
   * @param done told the final response, or undefined when none came
   * @returns false when the peer cannot be reached
   */
  send(dialog: Dialog, session: Session, done: (response: SipMessage | undefined) => void): boolean {
    const route = routeInDialog(dialog, this.#context.transport);
    if (typeof route === 'string') return false;
    const request = compose(dialog, session, route);
    const { method } = request;
    const cseq = dialog.localSeq;
    const mark = (isPending: boolean): void => {
      if (method === 'INVITE') dialog.pending.localInvite = isPending;
      else dialog.pending.localUpdate = isPending;
    };
    mark(true);
    count(this.#context.counters.requestsOut, method);
    let isDone = false;
    const finish = (response: SipMessage | undefined): void => {
      if (isDone) return;
      isDone = true;
      mark(false);
      done(response);
    };
    this.#start(request, route, finish, (response) => {
      if (response.statusCode < 200) return;
      if (response.statusCode < 300 && method === 'INVITE') this.#acknowledge(dialog, cseq);
      if (response.statusCode < 300 && !isDone) dialog.refreshTarget(response);
      finish(response);
    });
    return true;
  }

  #start(
    request: SipMessage,
    route: DialogRoute,
    finish: (response: undefined) => void,
    onResponse: (response: SipMessage) => void,
  ): void {
    const { transactions } = this.#context;
    const lost = (): void => finish(undefined);
    const begin = (target: Target): void => {
      transactions.request(request, target, { onResponse, onTimeout: lost, onTransportError: lost });
    };
    if (route.hop.target !== undefined) {
      begin(route.hop.target);
      return;
    }
    resolveTarget(route.hop.uri).then(([target]) => {
      if (target === undefined) lost();
      else begin(target);
    }, lost);
  }

  /** The first 2xx, and its copies. */
  #acknowledge(dialog: Dialog, cseq: number): void {
    if (dialog.lastAck?.cseq === cseq) dialog.lastAck.send();
    else this.#acks.sendOwn(dialog, cseq);
  }
}

function compose(dialog: Dialog, session: Session, route: DialogRoute): SipMessage {
  dialog.localSeq += 1;
  const lines = [
    makeLine('Session-Expires', `${session.seconds};refresher=uac`),
    makeLine('Min-SE', String(minSessionSeconds)),
    makeLine('Supported', 'timer'),
  ];
  const { contact, sdp } = session;
  if (contact !== '') lines.unshift(makeLine('Contact', contact));
  if (sdp !== '') lines.push(makeLine('Content-Type', 'application/sdp'));
  const method = sdp === '' ? 'UPDATE' : 'INVITE';
  return composeInDialog(dialog, route, { method, cseq: dialog.localSeq, lines, body: sdp });
}
