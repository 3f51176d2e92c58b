// A 2xx that comes after the caller has got another final response: ACK and BYE, so that no phone stays off the hook.
import { createRequest } from '../message/create-message.js';
import { parseNameAddr } from '../message/name-addr.js';
import type { SipMessage } from '../message/sip-message.js';
import { parseSipUri, uriScheme } from '../message/sip-uri.js';
import type { ClientHandlers } from '../transaction/client-transaction.js';
import type { Target } from '../transport/transport.js';
import { routeUri } from './own-addresses.js';
import type { ProxyParts } from './proxy-parts.js';

const ignoringHandlers: ClientHandlers = {
  onResponse: () => undefined,
  onTimeout: () => undefined,
  onTransportError: () => undefined,
};

/** Acts as the caller would have: RFC 3261 13.2.2.4 and 15.1.1. */
export class LateAnswers {
  readonly #parts: Pick<ProxyParts, 'layer' | 'resolve' | 'log'>;
  /** To tags that have been sent a BYE; a 2xx that is repeated is acknowledged again and no more. */
  readonly #ended = new Set<string>();

  constructor(parts: Pick<ProxyParts, 'layer' | 'resolve' | 'log'>) {
    this.#parts = parts;
  }

  /** @param invite as it was sent to the one who answers */
  dismiss(invite: SipMessage, answer: SipMessage): void {
    this.#parts.log.debug({ callId: answer.callId }, 'late answer dismissed');
    // The route set of the callee's side: what was recorded after us.
    const recorded = answer.list('record-route');
    const routes = recorded
      .slice(0, Math.max(0, recorded.length - invite.list('record-route').length))
      .reverse();
    const contact = parseNameAddr(answer.list('contact')[0] ?? '')?.uri;
    // Nothing can be sent to a tel: URI; where the INVITE went there is somebody who answers.
    const remote =
      contact !== undefined && uriScheme(contact).startsWith('sip') ? contact : invite.requestUri;
    const request = (method: 'ACK' | 'BYE') => inDialog(method, { invite, answer, remote, routes });
    const tag = answer.to()?.tag ?? '';
    const isFirst = !this.#ended.has(tag);
    this.#ended.add(tag);
    const nextHop = routes[0] === undefined ? parseSipUri(remote) : routeUri(routes[0]);
    if (nextHop === null) return;
    // It may throw as well as reject.
    void Promise.resolve()
      .then(() => this.#parts.resolve(nextHop))
      .then((targets) => this.#send(targets[0], request, isFirst))
      .catch((error: unknown) => {
        this.#parts.log.debug({ err: error, callId: answer.callId }, 'late answer not reached');
      });
  }

  #send(target: Target | undefined, request: (method: 'ACK' | 'BYE') => SipMessage, isFirst: boolean): void {
    if (target === undefined) return;
    this.#parts.layer.sendAck(request('ACK'), target);
    if (isFirst) this.#parts.layer.request(request('BYE'), target, ignoringHandlers);
  }
}

interface LateDialog {
  readonly invite: SipMessage;
  readonly answer: SipMessage;
  readonly remote: string;
  readonly routes: readonly string[];
}

function inDialog(method: 'ACK' | 'BYE', { invite, answer, remote, routes }: LateDialog): SipMessage {
  const number = invite.cseq()?.number ?? 1;
  return createRequest({
    method,
    requestUri: remote,
    headers: [
      ['Max-Forwards', '70'],
      ...routes.map((route): [string, string] => ['Route', route]),
      ['From', invite.get('from') ?? ''],
      ['To', answer.get('to') ?? ''],
      ['Call-ID', invite.callId],
      ['CSeq', `${method === 'ACK' ? number : number + 1} ${method}`],
      ...(method === 'BYE'
        ? [['Reason', 'SIP;cause=487;text="Request Terminated"'] as [string, string]]
        : []),
    ],
  });
}
