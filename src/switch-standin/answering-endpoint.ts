// A small endpoint that answers in place of a call centre: for trying, demonstrating and testing. It rings, answers, keeps
// the call until one side hangs up, and says in its answer what arrived, so that a test call can show where it landed.
import type { Clock, Logger, Part } from '../kernel/index.js';
import { createResponse, SipEngine, transportParam } from '../sip/index.js';
import type { EngineUser, ServerExchange, SipMessage } from '../sip/index.js';
import { sdpAnswer } from './session-description.js';

export interface AnsweringEndpointOptions {
  /** What it stands in for, such as `centre east`; shown in `Server` of its answers. */
  readonly name: string;
  /** Such as `sip:127.0.0.1:5090;transport=udp,tcp`. */
  readonly listen: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Time from 180 to 200, in milliseconds. Default 200. */
  readonly ringMs?: number;
  /** Calls at once; more get 486. Default 10,000. */
  readonly maxCalls?: number;
  /** Age at which it hangs up, in milliseconds. Default 10 minutes. */
  readonly maxCallMs?: number;
}

const allow = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, MESSAGE, NOTIFY';
/** CTI data of the call, sent back in the 200 (design, section 5 step 8). */
const echoed = ['x-decision-id', 'x-offer-id', 'x-offer-url', 'user-to-user'] as const;

/** Answers INVITE with 180 and 200, OPTIONS and in-dialog requests with 200. */
export class AnsweringEndpoint implements Part {
  readonly name: string;
  readonly #options: AnsweringEndpointOptions;
  readonly #engine: SipEngine;
  readonly #ringing = new Map<ServerExchange, () => void>();

  constructor(options: AnsweringEndpointOptions) {
    this.name = `answering endpoint for ${options.name}`;
    this.#options = options;
    this.#engine = new SipEngine({
      listen: [options.listen],
      clock: options.clock,
      log: options.log,
      limits: { maxDialogAgeMs: options.maxCallMs ?? 600_000 },
    });
    this.#engine.use(this.#user());
  }

  /** `127.0.0.1:5090` */
  get address(): string {
    return this.#engine.localAddresses[0]?.hostPort ?? '';
  }

  get callsInProgress(): number {
    return this.#ringing.size + this.#engine.openDialogs;
  }

  /** @throws SipTransportError SIP_PORT_IN_USE when something else answers there already */
  async start(): Promise<void> {
    await this.#engine.start();
  }

  async stop(): Promise<void> {
    for (const stopRinging of this.#ringing.values()) stopRinging();
    this.#ringing.clear();
    await this.#engine.stop();
  }

  #user(): EngineUser {
    return {
      admit: () => ({ kind: 'taken' }),
      onRequest: (exchange) => this.#onRequest(exchange),
      onCancel: (exchange) => this.#stopRinging(exchange),
      onAck: () => undefined,
      onResponse: () => undefined,
      onDialogEnded: () => undefined,
      onRouted: () => undefined,
    };
  }

  #onRequest(exchange: ServerExchange): void {
    const { request } = exchange;
    if (request.method !== 'INVITE') {
      this.#engine.respond(exchange, this.#response(exchange, 200));
    } else if (exchange.isInDialog) {
      this.#answer(exchange);
    } else if (this.callsInProgress >= (this.#options.maxCalls ?? 10_000)) {
      this.#engine.respond(exchange, this.#response(exchange, 486));
    } else {
      this.#ring(exchange);
    }
  }

  #ring(exchange: ServerExchange): void {
    const { clock, log, ringMs = 200 } = this.#options;
    log.debug({ callId: exchange.request.callId, name: this.#options.name }, 'stand-in call rings');
    this.#engine.respond(exchange, this.#response(exchange, 180));
    const timer = clock.after(ringMs, 'answer', () => {
      this.#ringing.delete(exchange);
      this.#answer(exchange);
    });
    this.#ringing.set(exchange, () => timer.cancel());
  }

  #stopRinging(exchange: ServerExchange): void {
    this.#ringing.get(exchange)?.();
    this.#ringing.delete(exchange);
  }

  #answer(exchange: ServerExchange): void {
    const response = this.#response(exchange, 200);
    response.append('content-type', 'application/sdp');
    for (const name of echoed) {
      const value = exchange.request.get(name);
      if (value !== undefined && !exchange.isInDialog) response.append(name, value);
    }
    response.body = sdpAnswer(exchange.request.body, exchange.flow.localAddress);
    this.#engine.respond(exchange, response);
  }

  #response(exchange: ServerExchange, status: number): SipMessage {
    const { request, server, flow } = exchange;
    const response = createResponse(request, status, undefined, server.toTag);
    const user = /^sips?:([^@;?]*)@/i.exec(request.requestUri)?.[1] ?? 'standin';
    if (status < 300) {
      const transport = transportParam(flow.protocol);
      response.append('contact', `<sip:${user}@${this.#engine.localOf(flow).hostPort}${transport}>`);
    }
    response.append('allow', allow);
    response.append('accept', 'application/sdp');
    response.append('server', `Proffer stand-in (${this.#options.name})`);
    return response;
  }
}
