// Peers that call, answer, acknowledge, cancel, hang up and repeat themselves, mostly as they should, in any order, from anywhere.
import { parseMessage } from '../../src/sip/index.js';
import type { SipMessage } from '../../src/sip/index.js';
import type { Datagram } from '../support/memory-datagrams.js';
import type { Random } from '../support/random.js';
import { damaged } from './mutations.js';

export interface FuzzDatagram {
  readonly text: string;
  readonly address: string;
  readonly port: number;
}

const addresses = ['192.0.2.1', '192.0.2.2', '192.0.2.50', '192.0.2.51', '203.0.113.7'];
const opening = [
  'INVITE',
  'INVITE',
  'INVITE',
  'OPTIONS',
  'REGISTER',
  'SUBSCRIBE',
  'MESSAGE',
  'PUBLISH',
  'REFER',
];
const inside = ['BYE', 'INVITE', 'UPDATE', 'INFO', 'PRACK', 'NOTIFY', 'REFER', 'ACK', 'CANCEL'];
const answers = [
  '100',
  '180',
  '183',
  '200',
  '200',
  '302',
  '404',
  '408',
  '481',
  '486',
  '487',
  '500',
  '503',
  '600',
  '401',
];
const REMEMBERED = 300;

export class FuzzPeers {
  readonly #random: Random;
  readonly #seeds: readonly string[];
  /** What the engine sent lately, and what was sent to it. */
  readonly #seen: SipMessage[] = [];
  readonly #said: FuzzDatagram[] = [];
  #serial = 0;

  constructor(random: Random, seeds: readonly string[]) {
    this.#random = random;
    this.#seeds = seeds;
  }

  /** The engine sent this: no line of it is broken, and a request of it can be read. Responses carry what peers wrote. */
  hear({ text }: Datagram): void {
    const result = parseMessage(text, 'datagram');
    const isBroken = /\r(?!\n)|(?<!\r)\n|\r\n[ \t]/.test(text.slice(0, text.indexOf('\r\n\r\n')));
    if (isBroken || (!result.ok && !text.startsWith('SIP/2.0 '))) {
      throw new Error(`the engine sent what cannot be read: ${JSON.stringify(text)}`);
    }
    if (result.ok) this.#keep(this.#seen, result.message);
  }

  next(): FuzzDatagram {
    const random = this.#random;
    const kind = random.below(100);
    const said = this.#said[random.below(this.#said.length + 1)];
    if (kind < 10 && said !== undefined)
      return random.isIn(0.7) ? said : { ...said, address: random.of(addresses) };
    let text: string;
    if (kind < 25) text = random.of(this.#seeds);
    else if (kind < 50) text = this.#open();
    else text = this.#reply() ?? this.#open();
    if (random.isIn(0.35)) text = damaged(text, random, random.of(this.#seeds));
    const datagram = {
      text,
      address: random.of(addresses),
      port: random.isIn(0.9) ? 5060 : 1024 + random.below(60_000),
    };
    this.#keep(this.#said, datagram);
    return datagram;
  }

  /** Forgets what was said, as the dead do. */
  forget(): void {
    this.#seen.length = 0;
    this.#said.length = 0;
  }

  #keep<T>(list: T[], one: T): void {
    if (list.length < REMEMBERED) list.push(one);
    else list[this.#random.below(REMEMBERED)] = one;
  }

  #open(): string {
    const id = (this.#serial += 1).toString(36);
    return this.#request(this.#random.of(opening), {
      id,
      from: `f${id}`,
      to: '',
      cseq: 1 + this.#random.below(5),
    });
  }

  #request(
    method: string,
    { id, from, to, cseq }: { id: string; from: string; to: string; cseq: number },
  ): string {
    const random = this.#random;
    const extra = random.isIn(0.1) ? 'Supported: 100rel, timer\r\nSession-Expires: 90\r\n' : '';
    const refer = method === 'REFER' ? 'Refer-To: <sip:carol@192.0.2.51>\r\n' : '';
    const event =
      method === 'SUBSCRIBE' || method === 'NOTIFY'
        ? 'Event: presence\r\nSubscription-State: active\r\n'
        : '';
    return (
      `${method} sip:bob@198.51.100.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bK${id}${method === 'ACK' || method === 'CANCEL' ? '' : cseq}\r\n` +
      `Max-Forwards: 70\r\nFrom: <sip:alice@example.com>;tag=${from}\r\nTo: <sip:bob@example.com>${to === '' ? '' : `;tag=${to}`}\r\n` +
      `Call-ID: ${id}\r\nCSeq: ${cseq} ${method}\r\nContact: <sip:alice@${random.of(addresses)}>\r\n${extra}${refer}${event}Content-Length: 0\r\n\r\n`
    );
  }

  /** To something that the engine sent: an answer to a request; an ACK, CANCEL or request inside the dialog to a response. */
  #reply(): string | undefined {
    const random = this.#random;
    const heard = this.#seen[random.below(this.#seen.length + 1)];
    if (heard === undefined) return undefined;
    if (heard.isRequest) return this.#answer(heard);
    const cseq = heard.cseq()?.number ?? 1;
    const method = random.of(inside);
    return this.#request(method, {
      id: heard.callId,
      from: heard.from()?.tag ?? '',
      to: random.isIn(0.9) ? (heard.to()?.tag ?? '') : '',
      cseq: method === 'ACK' || method === 'CANCEL' ? cseq : cseq + random.below(3),
    });
  }

  #answer(request: SipMessage): string {
    const random = this.#random;
    const lines = (name: string): string =>
      request
        .getAll(name)
        .map((value) => `${name}: ${value}\r\n`)
        .join('');
    const to = request.get('to') ?? '';
    const tag = to.includes('tag=') ? '' : `;tag=t${random.below(3)}`;
    return (
      `SIP/2.0 ${random.of(answers)} Because\r\n${lines('via')}${lines('record-route')}${lines('from')}to: ${to}${tag}\r\n` +
      `${lines('call-id')}${lines('cseq')}Contact: <sip:bob@${random.of(addresses)}>\r\nContent-Length: 0\r\n\r\n`
    );
  }
}
