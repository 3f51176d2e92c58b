// Outbound connections: for each new request a handler says who serves it, and we connect there. Whatever fails has a final
// response: 500 for a handler that says nothing of use, 480 for an application that is not there.
import type { Clock, Logger } from '../../kernel/index.js';
import { ComposedMessage, createResponse, parseNameAddr } from '../../sip/index.js';
import type { HeaderLine, ServerExchange, SipEngine } from '../../sip/index.js';
import type { CdrReporter } from '../cdr.js';
import type { ConnectionOwner, ControlConnection } from '../connection.js';
import { bracketed } from '../header-rules.js';
import { ProxyCdr } from '../proxy-cdr.js';
import { ApplicationLinks } from './application-links.js';
import type { LinkTrust } from './application-links.js';
import { HandlerClient } from './ask-handler.js';
import type { HandlerAnswer, ProxyInstruction } from './handler-answer.js';
import { parseApplicationAddress } from './request-handler.js';
import type { ApplicationAddress, RequestHandler } from './request-handler.js';

/** Requests that wait for a handler or an application; above it they get 503. */
const maxWaiting = 2000;
/** Connections to applications; above it those that have nothing to do are ended. */
const maxLinks = 5000;

interface Parts {
  readonly handlers: readonly RequestHandler[];
  readonly engine: SipEngine;
  readonly owner: ConnectionOwner;
  readonly cdr: CdrReporter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly authorities: () => LinkTrust['authorities'];
  /** An application that is connected and has the tag. */
  readonly tagged: (tag: string) => ControlConnection | undefined;
  readonly deliver: (exchange: ServerExchange, connection: ControlConnection) => void;
}

export class RequestHandlers {
  readonly #parts: Parts;
  readonly #byMethod = new Map<string, RequestHandler>();
  readonly #client: HandlerClient;
  readonly #links: ApplicationLinks;
  #waiting = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    for (const handler of parts.handlers) {
      if (!this.#byMethod.has(handler.sipMethod)) this.#byMethod.set(handler.sipMethod, handler);
    }
    this.#client = new HandlerClient(parts.clock);
    this.#links = new ApplicationLinks(parts.owner, parts.clock, parts.log);
  }

  /** The handler of a method; undefined: it goes to an application that is connected. */
  of(method: string): RequestHandler | undefined {
    return this.#byMethod.get(method) ?? this.#byMethod.get('*');
  }

  handle(exchange: ServerExchange, handler: RequestHandler): void {
    const { engine } = this.#parts;
    if (this.#waiting >= maxWaiting) {
      engine.abandon(exchange);
      return;
    }
    const { protocol } = new URL(handler.uri);
    if (protocol === 'tcp:' || protocol === 'tls:') {
      const address = parseApplicationAddress(handler.uri);
      if (address === undefined) engine.close(exchange, 500);
      else this.#connect(exchange, handler, address);
      return;
    }
    this.#waiting += 1;
    this.#client.ask(handler, exchange, (answer) => {
      this.#waiting -= 1;
      // The caller may have given up meanwhile.
      if (exchange.phase === 'open') this.#obey(exchange, handler, answer);
    });
  }

  /** @returns true when it was one of ours, whose calls must be released */
  delete(connection: ControlConnection): boolean {
    return this.#links.has(connection);
  }

  close(): void {
    this.#client.close();
    this.#links.close();
  }

  #obey(exchange: ServerExchange, handler: RequestHandler, answer: HandlerAnswer): void {
    const { engine, log } = this.#parts;
    switch (answer.action) {
      case 'reject':
        this.#respond(exchange, answer.status, answer.reason, []);
        break;
      case 'redirect':
        this.#respond(exchange, 302, undefined, answer.contacts);
        break;
      case 'proxy':
        this.#proxy(exchange, answer);
        break;
      case 'connect':
        this.#connect(exchange, handler, answer.address);
        break;
      case 'tag': {
        const application = this.#parts.tagged(answer.tag);
        if (application === undefined) engine.close(exchange, 480);
        else this.#parts.deliver(exchange, application);
        break;
      }
      case 'invalid':
        log.warn({ handler: new URL(handler.uri).host, reason: answer.why }, 'handler gave no instruction');
        engine.close(exchange, 500);
        break;
    }
  }

  #respond(
    exchange: ServerExchange,
    status: number,
    reason: string | undefined,
    contacts: readonly string[],
  ): void {
    const { engine, log } = this.#parts;
    const lines: HeaderLine[] = contacts.map((contact) => ({
      name: 'contact',
      spelled: 'Contact',
      value: bracketed(Buffer.from(contact, 'utf8').toString('latin1')),
    }));
    const phrase = reason === undefined ? undefined : Buffer.from(reason, 'utf8').toString('latin1');
    const isFit = (text: string): boolean => !/[\r\n\0]/.test(text);
    if (!lines.every(({ value }) => isFit(value) && parseNameAddr(value) !== null) || !isFit(phrase ?? '')) {
      log.warn({ status }, 'handler gave a header or reason that is none');
      engine.close(exchange, 500);
      return;
    }
    const base = createResponse(exchange.request, status, phrase, exchange.server.toTag);
    const response = new ComposedMessage(base, [...base.headerLines(), ...lines], '');
    engine.respond(exchange, response);
    if (exchange.server.isInvite) this.#parts.cdr.final(response, 'application', 'uas');
  }

  #proxy(exchange: ServerExchange, { action: _, ...how }: ProxyInstruction): void {
    const cdr = ProxyCdr.of(this.#parts.cdr, exchange);
    this.#parts.engine.proxy(exchange, {
      ...how,
      headers: [],
      onResponse: (response) => cdr?.seen(response),
      onDone: (outcome) => cdr?.done(outcome),
    });
  }

  #connect(exchange: ServerExchange, handler: RequestHandler, address: ApplicationAddress): void {
    const { engine, log } = this.#parts;
    if (this.#links.size >= maxLinks) this.#endIdle();
    if (this.#links.size >= maxLinks || this.#waiting >= maxWaiting) {
      log.warn({ connections: this.#links.size }, 'too many connections to applications');
      engine.abandon(exchange);
      return;
    }
    const trust = {
      mustVerifyPeer: handler.mustVerifyPeer ?? true,
      authorities: address.isTls ? this.#parts.authorities() : undefined,
    };
    this.#waiting += 1;
    this.#links.open(address, trust, (connection) => {
      this.#waiting -= 1;
      if (exchange.phase !== 'open') {
        if (connection !== undefined) this.#links.end(connection);
      } else if (connection === undefined) {
        engine.close(exchange, 480);
      } else {
        this.#parts.deliver(exchange, connection);
      }
    });
  }

  /** An application that never ends its sessions must not keep others out. */
  #endIdle(): void {
    const busy = this.#parts.engine.owners();
    for (const connection of this.#links.connections()) {
      if (connection.isAuthenticated && !busy.has(connection)) this.#links.end(connection);
    }
  }
}
