// `proxy` frames: drachtio-protocol section 7.
import type { Clock } from '../kernel/index.js';
import type { Flow, HeaderField, ProxyOutcome, SipEngine, SipMessage } from '../sip/index.js';
import { parseAppMessage, printable } from './app-message.js';
import type { CdrReporter } from './cdr.js';
import type { ControlConnection } from './connection.js';
import { appLines } from './header-rules.js';
import { stackTime } from './stack-time.js';

/** First destination among the tokens. */
const DESTINATIONS = 9;
const nothing: ReadonlySet<string> = new Set(['max-forwards']);

export class ProxyCommand {
  readonly #engine: SipEngine;
  readonly #cdr: CdrReporter;
  readonly #clock: Clock;

  constructor(engine: SipEngine, cdr: CdrReporter, clock: Clock) {
    this.#engine = engine;
    this.#cdr = cdr;
    this.#clock = clock;
  }

  /**
   * @param tokens of the leader: 2 transaction id, 3 remainInDialog, 5 followRedirects, 6 simultaneous or serial,
   *   7 provisional timeout, 8 final timeout, 9 and on destinations
   */
  run(connection: ControlConnection, rid: string, tokens: readonly string[], text: string): void {
    const txnId = tokens[2] ?? '';
    const exchange = this.#engine.exchange(txnId);
    if (exchange?.phase !== 'open' || exchange.isInDialog) {
      connection.reply(rid, `NOK|Unknown transaction id: ${printable(txnId)}`);
      return;
    }
    const headers = this.#headers(text, exchange.flow);
    if (typeof headers === 'string') {
      connection.reply(rid, `NOK|${headers}`);
      return;
    }
    const isInvite = exchange.server.isInvite;
    this.#engine.proxy(exchange, {
      targets: tokens.slice(DESTINATIONS).filter((target) => target !== ''),
      recordRoute: tokens[3] === 'remainInDialog',
      followRedirects: tokens[5] === 'followRedirects',
      parallel: tokens[6] === 'simultaneous',
      provisionalTimeoutMs: milliseconds(tokens[7]),
      finalTimeoutMs: milliseconds(tokens[8]),
      headers,
      onResponse: (response, flow) => {
        connection.reply(rid, this.#responseSeen(response, flow));
        if (isInvite && response.statusCode < 300) this.#cdr.start(response, 'network', 'proxy-uac');
      },
      onDone: (outcome) => {
        connection.reply(rid, doneText(outcome));
        if (isInvite) this.#report(outcome, exchange.request);
      },
    });
  }

  #responseSeen(response: SipMessage, flow: Flow): string {
    const text = response.toString();
    const { protocol, remoteAddress, remotePort } = flow;
    const time = stackTime(this.#clock.wallNow());
    return `OK|network|${text.length}|${protocol}|${remoteAddress}|${remotePort}|${time}|||continue\r\n${text}`;
  }

  #report(outcome: ProxyOutcome, request: SipMessage): void {
    if (outcome.kind === 'answered') this.#cdr.start(request, 'application', 'proxy-uas');
    else if (outcome.kind === 'cancelled') this.#cdr.stop(request, 'network', 'call-canceled');
    else this.#cdr.stop(request, 'application', 'call-rejected');
  }

  #headers(text: string, flow: Flow): readonly HeaderField[] | string {
    const parsed = parseAppMessage(text);
    if (!parsed.ok) return parsed.reason;
    const lines = appLines(parsed.message.headers, nothing, this.#engine.localOf(flow));
    if (lines === undefined) return 'invalid Contact header';
    return lines.map((line) => ({ name: line.spelled, value: line.value }));
  }
}

/** `1500ms`, `2s` -> milliseconds; anything else is none. */
function milliseconds(token: string | undefined): number | undefined {
  const match = /^(\d{1,9})(ms|s)$/.exec(token ?? '');
  if (match === null) return undefined;
  return Number(match[1]) * (match[2] === 's' ? 1000 : 1);
}

function doneText(outcome: ProxyOutcome): string {
  switch (outcome.kind) {
    case 'answered':
    case 'failed':
    case 'cancelled':
      return 'OK|done';
    case 'unreachable':
      return 'NOK|error proxying request to ';
    case 'refused':
      return outcome.status === 483
        ? 'NOK|Rejected with 483 Too Many Hops due to Max-Forwards value of 0'
        : `NOK|Rejected with ${outcome.status}: ${printable(outcome.reason)}`;
  }
}
