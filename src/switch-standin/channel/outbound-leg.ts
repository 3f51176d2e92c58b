// The SIP side of a call that we place: RFC 3261 13.2.
import { randomHex, randomUuid } from '../../kernel/index.js';
import { composeInDialog, createRequest, quote, transportParam } from '../../sip/index.js';
import type {
  ClientExchange,
  Dialog,
  NextHop,
  NextHopFault,
  ServerExchange,
  SipMessage,
} from '../../sip/index.js';
import { causeOfStatus, reasonHeader } from './hangup-cause.js';
import { answerInDialog } from './in-dialog.js';
import type { Leg, LegListener } from './leg.js';
import type { ProfileLeg, SofiaProfile } from './sofia-profile.js';

export interface OutboundCall {
  readonly callerNumber: string;
  readonly callerName: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly sdp: string;
}

/** SIP headers are byte strings. */
function bytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

export class OutboundLeg implements Leg, ProfileLeg {
  readonly profile: SofiaProfile;
  /** Request-URI and To, such as `sip:agent1001@127.0.0.1:5095`. */
  readonly uri: string;
  /** Undefined before it was sent. */
  request: SipMessage | undefined;
  /** The one that answered. */
  response: SipMessage | undefined;
  readonly #hop: NextHop | NextHopFault;
  #listener: LegListener | undefined;
  #exchange: ClientExchange | undefined;
  #dialog: Dialog | undefined;
  #isOver = false;

  constructor(profile: SofiaProfile, uri: string) {
    this.profile = profile;
    this.uri = uri;
    this.#hop = profile.engine.nextHop(uri);
  }

  /** Whether there is a way to it. */
  get isReachable(): boolean {
    return typeof this.#hop !== 'string';
  }

  listen(listener: LegListener): void {
    this.#listener = listener;
  }

  send(call: OutboundCall): void {
    if (typeof this.#hop === 'string' || this.#isOver) return;
    this.request = inviteOf(this.profile, this.uri, this.#hop, call);
    this.#exchange = this.profile.engine.send(this.request, this.#hop, this);
  }

  ring(): void {
    // The other side rings.
  }

  answer(): void {
    // The other side answers.
  }

  end(cause: string): string {
    if (this.#isOver) return '';
    this.#isOver = true;
    this.#listener = undefined;
    if (this.#dialog !== undefined) {
      this.profile.engine.endDialog(this.#dialog, reasonHeader(cause));
      return 'send_bye';
    }
    const reason = { name: 'Reason', value: reasonHeader(cause) };
    if (this.#exchange !== undefined) this.profile.engine.cancel(this.#exchange, [reason]);
    return 'send_cancel';
  }

  onRequest(exchange: ServerExchange): void {
    const listener = this.#listener;
    if (exchange.request.method === 'BYE') this.#over();
    answerInDialog(this.profile, exchange, listener);
  }

  onCancel(): void {
    // We do not answer INVITEs that we sent.
  }

  onAck(): void {
    // Of a re-INVITE of the other side, which brought its offer with it.
  }

  onResponse(exchange: ClientExchange, response: SipMessage): void {
    if (exchange !== this.#exchange) return;
    const { statusCode } = response;
    if (statusCode < 200) this.#listener?.onRinging();
    else if (statusCode < 300) this.#accepted(exchange, response);
    else this.#refused(statusCode);
  }

  onDialogEnded(): void {
    const listener = this.#listener;
    this.#over();
    listener?.onEnded('NORMAL_TEMPORARY_FAILURE', { disposition: 'send_bye' });
  }

  #accepted(exchange: ClientExchange, response: SipMessage): void {
    const { dialog } = exchange;
    if (dialog === undefined) return;
    this.#dialog = dialog;
    this.response = response;
    const route = this.profile.engine.route(dialog);
    if (typeof route === 'string') {
      this.#refused(502);
      return;
    }
    const cseq = exchange.request.cseq()?.number ?? 1;
    const ack = composeInDialog(dialog, route, { method: 'ACK', cseq, lines: [], body: '' });
    this.profile.engine.ack(dialog, ack, route.hop);
    // A 200 that crossed our CANCEL: the engine ends it with a BYE.
    if (!this.#isOver) this.#listener?.onAnswer(response.body);
  }

  #refused(status: number): void {
    const listener = this.#listener;
    this.#over();
    listener?.onEnded(causeOfStatus(status), { disposition: 'recv_refuse', status });
  }

  #over(): void {
    this.#isOver = true;
    this.#listener = undefined;
  }
}

function inviteOf(profile: SofiaProfile, uri: string, hop: NextHop, call: OutboundCall): SipMessage {
  const { hostPort, protocol } = hop.local;
  const transport = transportParam(protocol);
  const caller = call.callerNumber === '' ? '' : `${encodeURI(call.callerNumber)}@`;
  const from = `${quote(bytes(call.callerName))} <sip:${caller}${hostPort.replace(/:\d+$/, '')}>`;
  const given = new Set(call.headers.map(([name]) => name.toLowerCase()));
  const own = [
    ['Max-Forwards', '70'],
    ['From', `${from};tag=${randomHex(7)}`],
    ['To', `<${uri}>`],
    ['Call-ID', randomUuid()],
    ['CSeq', `${1 + (Number.parseInt(randomHex(3), 16) % 1_000_000)} INVITE`],
    ['Contact', `<sip:mod_sofia@${hostPort}${transport}>`],
    ['User-Agent', profile.product],
    ['Allow', 'INVITE, ACK, BYE, CANCEL, OPTIONS, MESSAGE, INFO, UPDATE, NOTIFY'],
    ['Remote-Party-ID', `${from};party=calling;screen=yes;privacy=off`],
  ] as const;
  return createRequest({
    method: 'INVITE',
    requestUri: uri,
    headers: [
      ...own.filter(([name]) => name === 'Max-Forwards' || !given.has(name.toLowerCase())),
      ...call.headers.map(([name, value]) => [name, bytes(value)] as const),
      ['Content-Type', 'application/sdp'],
    ],
    body: call.sdp,
  });
}
