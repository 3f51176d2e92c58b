// A SIP user agent that reacts as phones do, and lives by the false clock: caller and callee, patient or not.
import { createRequest, createResponse } from '../../src/sip/index.js';
import type { SipMessage } from '../../src/sip/index.js';
import type { Receiver, World } from './world.js';

export const sdp =
  'v=0\r\no=a 1 1 IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 20000 RTP/AVP 0\r\n';

/** What a party does when it is called, and what it does in a call. */
export interface Manner {
  /** Statuses of the answers to an INVITE, in order, each after a while. */
  readonly answers?: readonly number[];
  readonly contacts?: readonly string[];
  /** Answers with a second 2xx of another tag. */
  readonly forks?: boolean;
  /** Provisional responses above 100 are reliable. */
  readonly isReliable?: boolean;
  readonly challenges?: boolean;
  /** Methods sent before the call is up, as soon as a response or an INVITE with tags allows it. */
  readonly early?: readonly string[];
  /** Methods sent in the call, in order; BYE ends it. */
  readonly inCall?: readonly string[];
  /** Gives up after this. */
  readonly cancelsAfterMs?: number;
  readonly isDeafToCancel?: boolean;
  readonly headers?: readonly (readonly [string, string])[];
  readonly isOfferless?: boolean;
  readonly uri?: string;
}

interface Call {
  readonly callId: string;
  localTag: string;
  remoteTag: string;
  readonly remoteUri: string;
  target: string;
  routes: readonly string[];
  cseq: number;
  isUp: boolean;
  steps: string[];
}

/** A transaction that the party began, repeated until something comes back. */
interface Open {
  readonly text: string;
  isAnswered: boolean;
}

export class Party implements Receiver {
  readonly address: string;
  readonly #world: World;
  readonly #manner: Manner;
  readonly #calls = new Map<string, Call>();
  readonly #open = new Map<string, Open>();
  /** Last response to each request, by branch and method. */
  readonly #answered = new Map<string, string>();
  readonly #invites = new Map<string, { invite: SipMessage; isFinal: boolean }>();
  readonly #protocol: 'tcp' | 'udp';
  #number = 0;

  constructor(world: World, address: string, manner: Manner) {
    this.address = address;
    this.#world = world;
    this.#manner = manner;
    this.#protocol = world.random.isIn(0.2) ? 'tcp' : 'udp';
    world.addPeer(address, this, this.#protocol);
  }

  get uri(): string {
    return `sip:u@${this.address}${this.#protocol === 'tcp' ? ';transport=tcp' : ''}`;
  }

  /** Asks the engine for something outside a dialog. */
  ask(method: string): void {
    const callId = `c${this.#next()}@${this.address}`;
    const call = this.#newCall(callId, `t${this.#next()}`, '', this.#manner.uri ?? 'sip:1000@10.0.0.1');
    call.steps = [...(this.#manner.inCall ?? [])];
    const isInvite = method === 'INVITE';
    const body = isInvite && this.#manner.isOfferless !== true ? sdp : '';
    this.#calls.set(callId, call);
    const invite = this.#request(call, method, body, this.#manner.headers ?? []);
    this.#sendRequest(invite);
    const { cancelsAfterMs } = this.#manner;
    if (cancelsAfterMs !== undefined && isInvite) {
      this.#world.after(cancelsAfterMs, 'cancel', () => {
        if (!call.isUp) this.#cancel(invite);
      });
    }
  }

  receive(message: SipMessage): void {
    if (message.isRequest) this.#receiveRequest(message);
    else this.#receiveResponse(message);
  }

  #receiveRequest(request: SipMessage): void {
    const { method } = request;
    const branch = request.topVia()?.branch ?? '';
    const again = this.#answered.get(`${branch} ${method}`);
    if (again !== undefined) {
      this.#world.send(this.address, again);
      return;
    }
    if (method === 'ACK') return;
    if (method === 'INVITE' && request.to()?.tag === undefined) this.#called(request, branch);
    else if (method === 'CANCEL' && this.#manner.isDeafToCancel === true) return;
    else if (method === 'CANCEL') this.#cancelled(request, branch);
    else this.#asked(request);
  }

  #called(invite: SipMessage, branch: string): void {
    if (this.#invites.has(branch)) return;
    const state = { invite, isFinal: false };
    this.#invites.set(branch, state);
    if (this.#manner.challenges === true && !invite.has('proxy-authorization')) {
      state.isFinal = true;
      this.#respond(invite, 407, [['Proxy-Authenticate', 'Digest realm="r", nonce="n", qop="auth"']]);
      return;
    }
    let delay = 0;
    for (const status of this.#manner.answers ?? [180, 200]) {
      delay += 20 + this.#world.random.below(2000);
      this.#world.after(delay, 'answer', () => {
        if (state.isFinal) return;
        if (status >= 200) state.isFinal = true;
        this.#answerInvite(invite, status);
        if (status > 100 && status < 200 && this.#manner.early !== undefined)
          this.#sendEarly(this.#callOf(invite));
      });
    }
  }

  #answerInvite(invite: SipMessage, status: number): void {
    const isReliable = this.#manner.isReliable === true && status > 100 && status < 200;
    const headers: (readonly [string, string])[] = isReliable
      ? [
          ['Require', '100rel'],
          ['RSeq', String(1 + this.#next())],
        ]
      : [];
    for (const contact of this.#manner.contacts ?? [])
      if (status >= 300) headers.push(['Contact', `<${contact}>`]);
    this.#respond(invite, status, headers);
    if (status < 200 || status > 299) return;
    if (this.#manner.forks === true) this.#respond(invite, status, headers, 'other');
    const call = this.#callOf(invite);
    call.isUp = true;
    call.steps = [...(this.#manner.inCall ?? [])];
    this.#goOn(call);
  }

  /** The call of an INVITE that came, as the one who answers it sees it. */
  #callOf(invite: SipMessage): Call {
    const known = this.#calls.get(invite.callId);
    if (known !== undefined) return known;
    const target = uriOf(invite.get('contact')) ?? uriOf(invite.get('from')) ?? 'sip:nobody@10.0.0.1';
    const call = this.#newCall(invite.callId, `tag-${this.address}`, invite.from()?.tag ?? '', target);
    call.routes = invite.list('record-route');
    this.#calls.set(invite.callId, call);
    return call;
  }

  #cancelled(cancel: SipMessage, branch: string): void {
    this.#respond(cancel, 200);
    const state = this.#invites.get(branch);
    if (state === undefined || state.isFinal) return;
    state.isFinal = true;
    this.#respond(state.invite, 487);
  }

  #asked(request: SipMessage): void {
    const call = this.#calls.get(request.callId);
    const { method } = request;
    const body: (readonly [string, string])[] = [];
    this.#respond(request, method === 'REFER' || method === 'SUBSCRIBE' ? 202 : 200, body);
    if (method === 'BYE' && call !== undefined) call.isUp = false;
    if (method === 'REFER' && call !== undefined) call.steps.unshift('NOTIFY', 'NOTIFY');
    if (method === 'SUBSCRIBE' && call === undefined) this.#notify(request);
    if (method === 'REFER' && call !== undefined) this.#goOn(call);
  }

  #notify(subscribe: SipMessage): void {
    const remote = uriOf(subscribe.get('contact')) ?? 'sip:10.0.0.1';
    const call = this.#newCall(subscribe.callId, `tag-${this.address}`, subscribe.from()?.tag ?? '', remote);
    call.isUp = true;
    this.#calls.set(subscribe.callId, call);
    call.steps = ['NOTIFY', 'NOTIFY-END'];
    this.#goOn(call);
  }

  #receiveResponse(response: SipMessage): void {
    const key = `${response.topVia()?.branch ?? ''} ${response.method}`;
    const open = this.#open.get(key);
    if (open === undefined) return;
    open.isAnswered = true;
    const { statusCode } = response;
    const call = this.#calls.get(response.callId);
    if (call === undefined) return;
    if (response.method === 'INVITE') this.#inviteAnswered(response, call, open);
    else if (statusCode >= 200 && response.method === 'SUBSCRIBE' && statusCode < 300) {
      call.remoteTag = response.to()?.tag ?? '';
      call.target = uriOf(response.get('contact')) ?? call.target;
    }
  }

  #inviteAnswered(response: SipMessage, call: Call, open: Open): void {
    const { statusCode } = response;
    if (statusCode > 100 && statusCode < 200 && response.has('rseq')) this.#prack(response, call);
    if (statusCode > 100 && statusCode < 200 && !call.isUp) {
      call.remoteTag = response.to()?.tag ?? '';
      call.target = uriOf(response.get('contact')) ?? call.target;
      this.#sendEarly(call);
    }
    if (statusCode < 200) return;
    if (statusCode >= 300) {
      const branch = /branch=([^;\s]+)/.exec(open.text)?.[1] ?? '';
      this.#world.send(
        this.address,
        this.#ack(response, call, branch, /^INVITE (\S+)/.exec(open.text)?.[1] ?? ''),
      );
      return;
    }
    const isFirst = !call.isUp;
    call.remoteTag = response.to()?.tag ?? '';
    call.target = uriOf(response.get('contact')) ?? call.target;
    call.routes = [...response.list('record-route')].reverse();
    call.isUp = true;
    this.#world.send(this.address, this.#ack(response, call, `z9hG4bK-ack${this.#next()}`, call.target));
    if (isFirst || call.steps.length > 0) this.#goOn(call);
  }

  #ack(response: SipMessage, call: Call, branch: string, uri: string): string {
    const number = response.cseq()?.number ?? 1;
    const isSuccess = response.statusCode < 300;
    return createRequest({
      method: 'ACK',
      requestUri: uri,
      headers: [
        ['Via', `SIP/2.0/${this.#protocol.toUpperCase()} ${this.address}:5060;branch=${branch}`],
        ['Max-Forwards', '70'],
        ...(isSuccess ? call.routes.map((route): [string, string] => ['Route', route]) : []),
        ['From', response.get('from') ?? ''],
        ['To', response.get('to') ?? ''],
        ['Call-ID', call.callId],
        ['CSeq', `${number} ACK`],
      ],
      body: isSuccess && this.#manner.isOfferless === true ? sdp : '',
    }).toString();
  }

  #prack(response: SipMessage, call: Call): void {
    call.remoteTag = response.to()?.tag ?? '';
    call.target = uriOf(response.get('contact')) ?? call.target;
    call.routes = [...response.list('record-route')].reverse();
    const rack = `${response.get('rseq') ?? '1'} ${response.cseq()?.number ?? 1} INVITE`;
    this.#sendRequest(this.#request(call, 'PRACK', '', [['RAck', rack]]));
  }

  #sendEarly(call: Call): void {
    for (const method of this.#manner.early ?? []) {
      this.#world.after(1 + this.#world.random.below(1500), 'early', () => {
        this.#sendRequest(this.#request(call, method, method === 'UPDATE' ? sdp : '', extraOf(method)));
      });
    }
  }

  /** The next thing that the party does in the call, after a while. */
  #goOn(call: Call): void {
    const step = call.steps.shift();
    if (step === undefined) return;
    this.#world.after(50 + this.#world.random.below(3000), 'in-call', () => {
      if (!call.isUp) return;
      const method = step === 'NOTIFY-END' ? 'NOTIFY' : step;
      const body = method === 'INVITE' || method === 'UPDATE' ? sdp : '';
      this.#sendRequest(this.#request(call, method, body, extraOf(step)));
      if (step === 'BYE') call.isUp = false;
      else this.#goOn(call);
    });
  }

  #cancel(invite: SipMessage): void {
    const cancel = invite.clone();
    cancel.method = 'CANCEL';
    cancel.body = '';
    for (const name of ['content-type', 'contact']) cancel.remove(name);
    cancel.set('cseq', `${invite.cseq()?.number ?? 1} CANCEL`);
    this.#sendRequest(cancel);
  }

  #newCall(callId: string, localTag: string, remoteTag: string, target: string): Call {
    return {
      callId,
      localTag,
      remoteTag,
      remoteUri: 'sip:x@10.0.0.1',
      target,
      routes: [],
      cseq: 100,
      isUp: false,
      steps: [],
    };
  }

  #request(
    call: Call,
    method: string,
    body: string,
    extra: readonly (readonly [string, string])[],
  ): SipMessage {
    call.cseq += 1;
    return createRequest({
      method,
      requestUri: call.target,
      headers: [
        [
          'Via',
          `SIP/2.0/${this.#protocol.toUpperCase()} ${this.address}:5060;branch=z9hG4bK-${this.address}-${this.#next()}`,
        ],
        ['Max-Forwards', '70'],
        ...call.routes.map((route): [string, string] => ['Route', route]),
        ['From', `<sip:u@${this.address}>;tag=${call.localTag}`],
        ['To', `<${call.remoteUri}>${call.remoteTag === '' ? '' : `;tag=${call.remoteTag}`}`],
        ['Call-ID', call.callId],
        ['CSeq', `${call.cseq} ${method}`],
        ['Contact', `<${this.uri}>`],
        ...extra,
        ...(body === '' ? [] : [['Content-Type', 'application/sdp'] as const]),
      ],
      body,
    });
  }

  /** Repeats it as a client transaction does, four times at most. */
  #sendRequest(request: SipMessage): void {
    const text = request.toString();
    const open: Open = { text, isAnswered: false };
    this.#open.set(`${request.topVia()?.branch ?? ''} ${request.method}`, open);
    this.#world.send(this.address, text);
    if (this.#protocol === 'tcp') return;
    let wait = 0;
    for (const ms of [500, 1000, 2000]) {
      wait += ms;
      this.#world.after(wait, 'repeat', () => {
        if (!open.isAnswered) this.#world.send(this.address, text);
      });
    }
  }

  #respond(
    request: SipMessage,
    status: number,
    headers: readonly (readonly [string, string])[] = [],
    tag = `tag-${this.address}`,
  ): void {
    const response = createResponse(request, status, undefined, tag);
    const { method } = request;
    if (status < 300 && !headers.some(([name]) => name === 'Contact'))
      response.append('Contact', `<${this.uri}>`);
    for (const [name, value] of headers) response.append(name, value);
    if (method === 'INVITE' && status > 100 && status < 300) {
      response.append('Content-Type', 'application/sdp');
      response.body = sdp;
    }
    const text = response.toString();
    if (status >= 200) this.#answered.set(`${request.topVia()?.branch ?? ''} ${method}`, text);
    this.#world.send(this.address, text);
  }

  #next(): number {
    this.#number += 1;
    return this.#number;
  }
}

function extraOf(step: string): readonly (readonly [string, string])[] {
  switch (step) {
    case 'REFER':
      return [['Refer-To', '<sip:carol@10.0.0.4>']];
    case 'NOTIFY':
      return [
        ['Event', 'refer'],
        ['Subscription-State', 'active;expires=60'],
      ];
    case 'NOTIFY-END':
      return [
        ['Event', 'presence'],
        ['Subscription-State', 'terminated;reason=timeout'],
      ];
    case 'PRACK':
      return [['RAck', '1 101 INVITE']];
    case 'SUBSCRIBE':
      return [
        ['Event', 'presence'],
        ['Expires', '0'],
      ];
    default:
      return [];
  }
}

function uriOf(value: string | undefined): string | undefined {
  return value === undefined ? undefined : (/<([^>]+)>/.exec(value)?.[1] ?? value.split(';')[0]);
}
