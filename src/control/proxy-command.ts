// `proxy` frames: drachtio-protocol section 7.
import type { Clock } from '../kernel/index.js';
import type { Flow, HeaderField, ProxyOutcome, SipEngine, SipMessage } from '../sip/index.js';
import { parseAppMessage, printable } from './app-message.js';
import type { CdrReporter } from './cdr.js';
import type { ControlConnection } from './connection.js';
import { appLines } from './header-rules.js';
import { milliseconds } from './milliseconds.js';
import { ProxyCdr } from './proxy-cdr.js';
import { stackTime } from './stack-time.js';

/** First destination among the tokens. */
const DESTINATIONS = 9;
const notForwarded: ReadonlySet<string> = new Set(['max-forwards', 'retry-after']);

export class ProxyCommand {
  readonly #engine: SipEngine;
  readonly #cdr: CdrReporter;
  readonly #clock: Clock;
  readonly #preserved: ReadonlySet<string> | undefined;

  constructor(parts: {
    readonly engine: SipEngine;
    readonly cdr: CdrReporter;
    readonly clock: Clock;
    readonly preserved: ReadonlySet<string> | undefined;
  }) {
    this.#engine = parts.engine;
    this.#cdr = parts.cdr;
    this.#clock = parts.clock;
    this.#preserved = parts.preserved;
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
    const parsed = this.#headers(text, exchange.flow);
    if (typeof parsed === 'string') {
      connection.reply(rid, `NOK|${parsed}`);
      return;
    }
    const { headers, retryAfter } = parsed;
    const cdr = ProxyCdr.of(this.#cdr, exchange);
    this.#engine.proxy(exchange, {
      targets: tokens.slice(DESTINATIONS).filter((target) => target !== ''),
      recordRoute: tokens[3] === 'remainInDialog',
      followRedirects: tokens[5] === 'followRedirects',
      parallel: tokens[6] === 'simultaneous',
      provisionalTimeoutMs: milliseconds(tokens[7]),
      finalTimeoutMs: milliseconds(tokens[8]),
      headers,
      retryAfter,
      onResponse: (response, flow) => {
        connection.reply(rid, this.#responseSeen(response, flow));
        cdr?.seen(response);
      },
      onDone: (outcome) => {
        connection.reply(rid, retryAfter === undefined ? doneText(outcome) : outcomeText(outcome));
        cdr?.done(outcome);
      },
    });
  }

  #responseSeen(response: SipMessage, flow: Flow): string {
    const text = response.toString();
    const { protocol, remoteAddress, remotePort } = flow;
    const time = stackTime(this.#clock.wallNow());
    return `OK|network|${text.length}|${protocol}|${remoteAddress}|${remotePort}|${time}|||continue\r\n${text}`;
  }

  /**
   * The headers of the copies, and an extension of ours: a Retry-After, which has no meaning in a request, asks for 503 with it
   * when no target was there to answer, and for a `done` that tells how the request ended for the caller.
   */
  #headers(
    text: string,
    flow: Flow,
  ): { headers: readonly HeaderField[]; retryAfter: string | undefined } | string {
    const parsed = parseAppMessage(text, this.#preserved);
    if (!parsed.ok) return parsed.reason;
    const lines = appLines(parsed.message.headers, notForwarded, this.#engine.localOf(flow));
    if (lines === undefined) return 'invalid Contact header';
    return {
      headers: lines.map((line) => ({ name: line.spelled, value: line.value })),
      retryAfter: parsed.message.headers.find(({ name }) => name === 'retry-after')?.value,
    };
  }
}

/** `done` with two tokens more, which drachtio-srf passes over: how it ended, and the status that the caller got. */
function outcomeText(outcome: ProxyOutcome): string {
  if (outcome.kind === 'refused') return doneText(outcome);
  return `OK|done|${outcome.kind}|${outcome.kind === 'cancelled' ? 487 : outcome.status}`;
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
