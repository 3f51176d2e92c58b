// A caller for test calls: places one real call over SIP and keeps every message of it, in order, for the ladder.
import { randomHex, TimerSet } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import {
  createRequest,
  createResponse,
  parseListenAddress,
  parseMessage,
  parseNameAddr,
  parseSipUri,
  SipResolver,
  splitUriHeaders,
  TransactionLayer,
  TransportLayer,
  transportParam,
} from '../sip/index.js';
import type { SipMessage, Target } from '../sip/index.js';
import { sdpOffer } from './session-description.js';

export interface TestCallerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Address of ours, without a port; a free one is taken. Default 127.0.0.1. */
  readonly address?: string;
}

export interface TestCall {
  /** Request-URI and To, such as `sip:+18005550100@127.0.0.1:5060`. */
  readonly to: string;
  /** From, such as `sip:+15550100001@caller.invalid`. */
  readonly from: string;
  /** Where the INVITE is sent; default where `to` says. */
  readonly via?: string;
  /** How long to talk before we hang up, in milliseconds. */
  readonly talkMs: number;
  /** How long to wait for an answer before we cancel, in milliseconds. */
  readonly answerWithinMs: number;
  /** Headers that are added to the INVITE. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** One message of the call. */
export interface LadderEntry {
  /** Since the first message, in milliseconds. */
  readonly atMs: number;
  readonly isSent: boolean;
  /** `address:port` of the far end. */
  readonly peer: string;
  /** `INVITE`, `200 OK`. */
  readonly text: string;
  readonly message: SipMessage | undefined;
}

export type TestCallResult =
  | {
      readonly kind: 'answered';
      readonly response: SipMessage;
      readonly answeredMs: number;
      readonly endedBy: 'us' | 'them';
    }
  | { readonly kind: 'redirected'; readonly response: SipMessage; readonly contacts: readonly string[] }
  | { readonly kind: 'refused'; readonly response: SipMessage }
  /** No final response came, or it could not be sent. */
  | { readonly kind: 'failed'; readonly reason: string };

interface Running {
  readonly call: TestCall;
  readonly startedAt: number;
  readonly settle: (result: TestCallResult) => void;
  answer:
    { readonly response: SipMessage; readonly ack: () => void; readonly answeredMs: number } | undefined;
}

/** Places calls one at a time. Open it before the first, close it after the last. */
export class TestCaller {
  readonly ladder: LadderEntry[] = [];
  readonly #options: TestCallerOptions;
  readonly #timers: TimerSet;
  readonly #transport: TransportLayer;
  readonly #transactions: TransactionLayer;
  readonly #resolver: SipResolver;
  #running: Running | undefined;

  constructor(options: TestCallerOptions) {
    const { clock, log } = options;
    this.#options = options;
    this.#timers = new TimerSet(clock);
    this.#transport = new TransportLayer({
      log,
      clock,
      onMessage: (message, flow) => {
        this.#note(message, false, `${flow.remoteAddress}:${flow.remotePort}`);
        this.#transactions.receive(message, flow);
      },
      onBadMessage: ({ reason }, flow) =>
        this.#add({
          isSent: false,
          peer: `${flow.remoteAddress}:${flow.remotePort}`,
          text: `malformed: ${reason}`,
          message: undefined,
        }),
    });
    this.#resolver = new SipResolver({ clock, listenAddresses: () => this.#transport.listenAddresses });
    this.#transactions = new TransactionLayer({
      clock,
      log,
      transport: {
        localFor: (target) => this.#transport.localFor(target),
        send: (message, target, onError) => {
          this.#note(message, true, `${target.address}:${target.port}`);
          this.#transport.send(message, target, onError);
        },
      },
      user: {
        onRequest: (request, server) => {
          const isBye = request.method === 'BYE';
          server.respond(createResponse(request, isBye ? 200 : 501, undefined, server.toTag));
          if (isBye) this.#ended('them');
        },
        onAck: () => undefined,
        onStrayResponse: (response) => this.#repeatAck(response),
      },
    });
  }

  async open(): Promise<void> {
    await this.#transport.listen(parseListenAddress(`sip:${this.#options.address ?? '127.0.0.1'}:0`));
  }

  async close(): Promise<void> {
    this.#timers.cancelAll();
    this.#transactions.close();
    this.#resolver.close();
    await this.#transport.close();
  }

  /** `address:port` that we call from. */
  get address(): string {
    return this.#transport.localFor({ protocol: 'udp', address: '127.0.0.1', port: 5060 }).hostPort;
  }

  /** Never rejects but for a URI that is none. @throws SipTargetError when the name of the target has no address */
  async place(call: TestCall): Promise<TestCallResult> {
    const uri = call.via ?? call.to;
    const [target] = await this.#resolver.resolve(uri);
    if (target === undefined) return { kind: 'failed', reason: `${uri} has no address` };
    return new Promise((settle) => this.#invite(call, target, settle));
  }

  #invite(call: TestCall, target: Target, settle: (result: TestCallResult) => void): void {
    const { clock } = this.#options;
    const running: Running = {
      call,
      startedAt: clock.now(),
      answer: undefined,
      settle: (result) => {
        if (this.#running !== running) return;
        this.#running = undefined;
        this.#timers.cancelAll();
        settle(result);
      },
    };
    this.#running = running;
    const request = inviteFor(call, this.#transport.localFor(target).hostPort, target);
    const transaction = this.#transactions.request(request, target, {
      onResponse: (response) => this.#onResponse(running, request, response),
      onTimeout: () => running.settle({ kind: 'failed', reason: 'no answer at all (timer B, 32 s)' }),
      onTransportError: (error) => running.settle({ kind: 'failed', reason: error.message }),
    });
    this.#timers.start('answer', call.answerWithinMs, () => transaction.cancel());
  }

  #onResponse(running: Running, invite: SipMessage, response: SipMessage): void {
    const { statusCode } = response;
    if (statusCode < 200) return;
    if (running.answer !== undefined) {
      this.#repeatAck(response);
      return;
    }
    this.#timers.cancel('answer');
    if (statusCode < 300) {
      this.#answered(running, invite, response);
      return;
    }
    if (statusCode < 400) {
      const contacts = response.list('contact').flatMap((text) => parseNameAddr(text)?.uri ?? []);
      running.settle({ kind: 'redirected', response, contacts });
    } else {
      running.settle({ kind: 'refused', response });
    }
  }

  /** An address, or a name that the call went to before. */
  #targetOf(uri: string): Target | undefined {
    try {
      return this.#resolver.known(uri)?.[0];
    } catch {
      return undefined;
    }
  }

  #answered(running: Running, invite: SipMessage, response: SipMessage): void {
    const routes = [...response.list('record-route')].reverse();
    const contact = parseNameAddr(response.get('contact') ?? '')?.uri;
    const hop = parseNameAddr(routes[0] ?? '')?.uri ?? contact ?? '';
    const target = this.#targetOf(hop);
    if (contact === undefined || target === undefined) {
      running.settle({ kind: 'failed', reason: 'the answer has no Contact that can be sent to' });
      return;
    }
    const inDialog = (method: string, cseq: number): SipMessage =>
      createRequest({
        method,
        requestUri: contact,
        headers: [
          ...routes.map((route) => ['Route', route] as const),
          ['Max-Forwards', '70'],
          ['From', invite.get('from') ?? ''],
          ['To', response.get('to') ?? ''],
          ['Call-ID', invite.callId],
          ['CSeq', `${cseq} ${method}`],
        ],
      });
    const ack = (): void => {
      this.#transactions.sendAck(inDialog('ACK', 1), target);
    };
    running.answer = { response, ack, answeredMs: this.#options.clock.now() - running.startedAt };
    ack();
    this.#timers.start('talk', running.call.talkMs, () => {
      this.#transactions.request(inDialog('BYE', 2), target, {
        onResponse: ({ statusCode }) => statusCode >= 200 && this.#ended('us'),
        onTimeout: () => this.#ended('us'),
        onTransportError: () => this.#ended('us'),
      });
    });
  }

  #ended(by: 'us' | 'them'): void {
    const answer = this.#running?.answer;
    if (answer === undefined) return;
    this.#running?.settle({
      kind: 'answered',
      response: answer.response,
      answeredMs: answer.answeredMs,
      endedBy: by,
    });
  }

  /** RFC 3261 13.2.2.4: every 2xx gets an ACK. */
  #repeatAck(response: SipMessage): void {
    if (response.method === 'INVITE' && response.statusCode < 300) this.#running?.answer?.ack();
  }

  #note(given: SipMessage | string, isSent: boolean, peer: string): void {
    const message = typeof given === 'string' ? parsed(given) : given.clone();
    if (message === undefined) return;
    const text = message.isRequest ? message.method : `${message.statusCode} ${message.reasonPhrase}`;
    this.#add({ isSent, peer, text, message });
  }

  #add(entry: Omit<LadderEntry, 'atMs'>): void {
    const startedAt = this.#firstAt ?? this.#options.clock.now();
    this.#firstAt = startedAt;
    this.ladder.push({ atMs: this.#options.clock.now() - startedAt, ...entry });
  }

  #firstAt: number | undefined;
}

function parsed(text: string): SipMessage | undefined {
  const result = parseMessage(text, 'datagram');
  return result.ok ? result.message : undefined;
}

/** The headers that a URI asks for become headers of the request (RFC 3261 19.1.5), as a carrier does with our Contacts. */
function inviteFor(call: TestCall, hostPort: string, target: Target): SipMessage {
  const { uri: to, headers: own } = splitUriHeaders(call.to);
  const user = parseSipUri(call.from)?.user ?? 'test';
  const contact = `<sip:${user}@${hostPort}${transportParam(target.protocol)}>`;
  return createRequest({
    method: 'INVITE',
    requestUri: to,
    headers: [
      ['Max-Forwards', '70'],
      ['From', `<${call.from}>;tag=${randomHex(5)}`],
      ['To', `<${to}>`],
      ['Call-ID', `${randomHex(12)}@${hostPort}`],
      ['CSeq', '1 INVITE'],
      ['Contact', contact],
      ['User-Agent', 'Proffer test call'],
      ...call.headers,
      ...own,
      ['Content-Type', 'application/sdp'],
    ],
    body: sdpOffer(hostPort.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')),
  });
}
