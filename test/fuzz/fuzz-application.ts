// An application that does anything with the requests that it is given, later or never, and calls out by itself.
import { composeInDialog, createRequest } from '../../src/sip/index.js';
import type { EngineUser, ProxyOptions, ServerExchange, SipEngine } from '../../src/sip/index.js';
import { createResponse } from '../../src/sip/message/create-message.js';
import { makeLine } from '../../src/sip/message/sip-message.js';
import type { Dialog } from '../../src/sip/index.js';
import type { Random } from '../support/random.js';

const targets = [
  'sip:192.0.2.50:5060',
  'sip:192.0.2.51',
  'sip:nowhere.example.com',
  'sip:192.0.2.52;transport=tcp',
];
const statuses = [100, 180, 183, 200, 200, 202, 301, 302, 400, 404, 407, 480, 486, 487, 500, 503, 603, 606];
const methods = ['INVITE', 'OPTIONS', 'MESSAGE', 'SUBSCRIBE', 'REGISTER'];
const dialogMethods = ['INVITE', 'BYE', 'INFO', 'UPDATE', 'REFER', 'NOTIFY'];

export class FuzzApplication implements EngineUser {
  readonly #engine: SipEngine;
  readonly #random: Random;
  readonly #open: ServerExchange[] = [];
  readonly #dialogs = new Set<Dialog>();
  #serial = 0;

  constructor(engine: SipEngine, random: Random) {
    this.#engine = engine;
    this.#random = random;
  }

  admit(): ReturnType<EngineUser['admit']> {
    return this.#random.isIn(0.02) ? { kind: 'no-application' } : { kind: 'taken' };
  }

  onRequest(exchange: ServerExchange): void {
    exchange.owner = this;
    if (this.#open.length > 500) this.#open.splice(0, 250);
    if (this.#random.isIn(0.5)) this.#open.push(exchange);
    else this.#serve(exchange);
    // A defect of an application must not be one of the engine.
    if (this.#random.isIn(0.001)) throw new RangeError('the application throws');
  }

  onCancel(): void {}

  onAck(dialog: Dialog): void {
    if (this.#dialogs.size < 200) this.#dialogs.add(dialog);
  }

  onResponse(): void {}

  onDialogEnded(dialog: Dialog): void {
    this.#dialogs.delete(dialog);
  }

  onRouted(): void {}

  /** Does one of the things that applications do when no request has just come. */
  act(): void {
    const exchange = this.#open[this.#random.below(this.#open.length + 1)];
    if (exchange !== undefined && this.#random.isIn(0.8)) this.#serve(exchange);
    else if (this.#random.isIn(0.5)) this.#call();
    else this.#talk();
  }

  /** Lets go of all that it has. */
  forget(): void {
    this.#open.length = 0;
    this.#dialogs.clear();
    this.#engine.releaseOwner(this);
  }

  #serve(exchange: ServerExchange): void {
    if (exchange.phase === 'open' && !exchange.isInDialog && this.#random.isIn(0.25)) {
      this.#engine.proxy(exchange, this.#proxyOptions());
      return;
    }
    const response = createResponse(
      exchange.request,
      this.#random.of(statuses),
      undefined,
      exchange.server.toTag,
    );
    response.append('Contact', '<sip:198.51.100.1:5060>');
    this.#engine.respond(exchange, response);
  }

  #proxyOptions(): ProxyOptions {
    return {
      targets: Array.from({ length: 1 + this.#random.below(3) }, () => this.#random.of(targets)),
      recordRoute: this.#random.isIn(0.5),
      followRedirects: this.#random.isIn(0.3),
      parallel: this.#random.isIn(0.5),
      provisionalTimeoutMs: this.#random.isIn(0.5) ? 1000 : undefined,
      headers: [],
      onResponse: () => undefined,
      onDone: () => undefined,
    };
  }

  #call(): void {
    const method = this.#random.of(methods);
    const uri = this.#random.of(targets);
    const hop = this.#engine.nextHop(uri);
    if (typeof hop === 'string') return;
    const request = createRequest({
      method,
      requestUri: uri,
      headers: [
        ['Max-Forwards', '70'],
        ['From', `<sip:us@198.51.100.1>;tag=u${(this.#serial += 1)}`],
        ['To', `<${uri}>`],
        ['Call-ID', `ours-${this.#serial}`],
        ['CSeq', `1 ${method}`],
        ['Contact', '<sip:198.51.100.1:5060>'],
      ],
    });
    const exchange = this.#engine.send(request, hop, this);
    if (this.#random.isIn(0.2)) this.#engine.cancel(exchange, []);
  }

  #talk(): void {
    for (const dialog of this.#dialogs) {
      this.#dialogs.delete(dialog);
      const route = this.#engine.route(dialog);
      if (typeof route === 'string' || !dialog.isLive) continue;
      const method = this.#random.of(dialogMethods);
      dialog.localSeq += 1;
      const lines = method === 'REFER' ? [makeLine('Refer-To', '<sip:192.0.2.51>')] : [];
      const request = composeInDialog(dialog, route, { method, cseq: dialog.localSeq, lines, body: '' });
      this.#engine.send(request, route.hop, this, dialog);
      return;
    }
  }
}
