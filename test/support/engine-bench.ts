// An engine on a network and a clock that are in memory, with an application whose answers the test chooses.
import { SipEngine } from '../../src/sip/index.js';
import type { EngineUser, ServerExchange, SipEngineOptions } from '../../src/sip/index.js';
import { createResponse } from '../../src/sip/message/create-message.js';
import { HeapClock } from './heap-clock.js';
import { MemoryDatagrams } from './memory-datagrams.js';
import type { Datagram } from './memory-datagrams.js';

/** What the application does with a request. */
export type Serve = (exchange: ServerExchange, engine: SipEngine) => void;

/** Answers with one plain response. */
export const answering =
  (status: number): Serve =>
  (exchange, engine) => {
    const response = createResponse(exchange.request, status, undefined, exchange.server.toTag);
    if (status < 400) response.append('Contact', '<sip:198.51.100.1:5060>');
    engine.respond(exchange, response);
  };

export class EngineBench {
  readonly clock = new HeapClock();
  readonly network = new MemoryDatagrams();
  readonly sent: Datagram[] = [];
  readonly engine: SipEngine;
  serve: Serve = () => undefined;

  constructor(options: Partial<SipEngineOptions> = {}) {
    this.engine = new SipEngine({
      listen: ['sip:198.51.100.1:5060;transport=udp'],
      clock: this.clock,
      ...options,
    });
    this.network.onSent = (datagram) => this.sent.push(datagram);
    const user: EngineUser = {
      admit: () => ({ kind: 'taken' }),
      onRequest: (exchange) => this.serve(exchange, this.engine),
      onCancel: () => undefined,
      onAck: () => undefined,
      onResponse: () => undefined,
      onDialogEnded: () => undefined,
      onRouted: () => undefined,
    };
    this.engine.use(user);
  }

  async start(): Promise<this> {
    this.network.install();
    try {
      await this.engine.start();
    } finally {
      this.network.restore();
    }
    return this;
  }

  receive(text: string | Buffer, address: string, port = 5060): void {
    this.network.deliver(typeof text === 'string' ? Buffer.from(text, 'latin1') : text, address, port);
  }

  /** Status codes, and methods of requests, sent since the last call. */
  take(): string[] {
    return this.sent
      .splice(0)
      .map(({ text }) =>
        text.startsWith('SIP/2.0 ') ? text.slice(8, 11) : text.slice(0, text.indexOf(' ')),
      );
  }
}
