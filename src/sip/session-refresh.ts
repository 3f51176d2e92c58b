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
import { lookUp, TargetSearch } from './target-search.js';

export type RefreshOutcome = SipMessage | 408 | 503;

export class SessionRefresh {
  readonly #context: EngineContext;
  readonly #acks: OwedAcks;

  constructor(context: EngineContext, acks: OwedAcks) {
    this.#context = context;
    this.#acks = acks;
  }

  /**
   * Sends a re-INVITE with our last SDP; where we never had one, an UPDATE without any.
   * @param done told the final response, or what stands for it: 408 when none came, 503 when the peer could not be reached
   * @returns false when the peer cannot be reached
   */
  send(dialog: Dialog, session: Session, done: (outcome: RefreshOutcome) => void): boolean {
    const route = routeInDialog(dialog, this.#context);
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
    const finish = (outcome: RefreshOutcome): void => {
      if (isDone) return;
      isDone = true;
      mark(false);
      done(outcome);
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
    finish: (failure: 408 | 503) => void,
    onResponse: (response: SipMessage) => void,
  ): void {
    const search = new TargetSearch(this.#context, request, {
      isWanted: () => true,
      onSent: () => undefined,
      onResponse,
      onFailure: finish,
      onTerminated: () => undefined,
    });
    if (route.hop.target !== undefined) {
      search.start([route.hop.target, ...route.hop.others]);
      return;
    }
    void lookUp(this.#context, route.hop, request.callId).then((targets) => {
      if (targets.length === 0) finish(503);
      else search.start(targets);
    });
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
