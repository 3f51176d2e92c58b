// Requests inside a dialog: where they go and what they carry (RFC 3261 12.2.1.1), and what their outcome means for it.
import { ComposedMessage } from './composed-message.js';
import type { Dialog } from './dialog/dialog.js';
import { routeTo } from './dialog/route-set.js';
import type { HeaderLine, SipMessage } from './message/sip-message.js';
import { nextHop } from './next-hop.js';
import type { NextHop, NextHopFault, Reach } from './next-hop.js';

/** What a request inside a dialog starts from; the caller adds what it wants to say. */
export interface DialogRoute {
  readonly requestUri: string;
  readonly routes: readonly string[];
  readonly hop: NextHop;
}

/** Where a request inside the dialog goes (12.2.1.1). */
export function routeInDialog(dialog: Dialog, reach: Reach): DialogRoute | NextHopFault {
  if (dialog.remoteTarget === undefined) return 'invalid';
  const { requestUri, routes, nextHop: uri } = routeTo(dialog.remoteTarget, dialog.routeSet);
  const hop = nextHop(uri, reach, { flow: dialog.flow });
  return typeof hop === 'string' ? hop : { requestUri, routes, hop };
}

/** What a request inside a dialog says beyond what the dialog says. */
export interface DialogRequest {
  readonly method: string;
  readonly cseq: number;
  /** Between CSeq and the body. */
  readonly lines: readonly HeaderLine[];
  readonly body: string;
}

/** A request inside a dialog: RFC 3261 12.2.1.1. */
export function composeInDialog(dialog: Dialog, route: DialogRoute, request: DialogRequest): SipMessage {
  const { method, cseq, lines, body } = request;
  const all: HeaderLine[] = [];
  for (const value of route.routes) all.push({ name: 'route', spelled: 'Route', value });
  all.push(
    { name: 'max-forwards', spelled: 'Max-Forwards', value: '70' },
    { name: 'from', spelled: 'From', value: dialog.localParty },
    { name: 'to', spelled: 'To', value: dialog.remoteParty },
    { name: 'call-id', spelled: 'Call-ID', value: dialog.callId },
    { name: 'cseq', spelled: 'CSeq', value: `${cseq} ${method}` },
    ...lines,
  );
  const start = { method, requestUri: route.requestUri, statusCode: 0, reasonPhrase: '' };
  return new ComposedMessage(start, all, body);
}

/**
 * 12.2.1.2: the peer knows the dialog no more. Deviation: a 408 or timeout means so only for INVITE and UPDATE, which
 * refresh sessions; a peer that is deaf to INFO or OPTIONS keeps its call.
 */
export function meansGone(method: string, status: number): boolean {
  return status === 481 || (status === 408 && (method === 'INVITE' || method === 'UPDATE'));
}

/** RFC 6665 4.4.1: a NOTIFY that terminates the subscription ends the dialog that SUBSCRIBE or REFER made. */
export function endsSubscription(request: SipMessage, dialog: Dialog): boolean {
  if (dialog.method === 'INVITE' || request.method !== 'NOTIFY') return false;
  return request.get('subscription-state')?.toLowerCase().startsWith('terminated') === true;
}
