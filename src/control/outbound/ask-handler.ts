// One question to an HTTP handler: bounded in time and size.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { errorMessage } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import { parseSipUri } from '../../sip/index.js';
import type { ServerExchange, SipMessage } from '../../sip/index.js';
import { parseHandlerAnswer } from './handler-answer.js';
import type { HandlerAnswer } from './handler-answer.js';
import type { RequestHandler } from './request-handler.js';

/** As drachtio-server has them. */
const connectMs = 2000;
const totalMs = 3000;
const maxAnswerBytes = 65_536;

export class HandlerClient {
  readonly #clock: Clock;
  /** Connections are used again; idle ones let the process end. */
  readonly #http = new HttpAgent({ keepAlive: true, maxFreeSockets: 16 });
  readonly #https = new HttpsAgent({ keepAlive: true, maxFreeSockets: 16 });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Always calls back, once; a failure is an answer that is invalid. */
  ask(handler: RequestHandler, exchange: ServerExchange, onAnswer: (answer: HandlerAnswer) => void): void {
    let isAnswered = false;
    const done = (answer: HandlerAnswer): void => {
      if (isAnswered) return;
      isAnswered = true;
      connecting.cancel();
      deadline.cancel();
      onAnswer(answer);
    };
    const fail = (why: string): void => {
      done({ action: 'invalid', why });
      question.destroy();
    };
    const connecting = this.#clock.after(connectMs, 'handler-connect', () => fail('no connection in 2 s'));
    const deadline = this.#clock.after(totalMs, 'handler', () => fail('no answer in 3 s'));
    const question = this.#question(handler, exchange);
    question.on('error', (error) => fail(errorMessage(error)));
    question.on('socket', (socket) => {
      if (!socket.connecting) connecting.cancel();
      else socket.once('connect', () => connecting.cancel());
    });
    question.on('response', (response) => read(response, done, fail));
    question.end(
      handler.httpMethod === 'POST' ? Buffer.from(exchange.request.toString(), 'latin1') : undefined,
    );
  }

  #question(handler: RequestHandler, exchange: ServerExchange): ReturnType<typeof httpRequest> {
    const { httpMethod, mustVerifyPeer = true } = handler;
    const url = questionUrl(handler.uri, exchange.request, exchange);
    const headers = {
      'user-agent': 'proffer',
      ...(httpMethod === 'POST' ? { 'content-type': 'text/plain' } : {}),
    };
    return url.startsWith('https:')
      ? httpsRequest(url, {
          method: httpMethod,
          headers,
          agent: this.#https,
          rejectUnauthorized: mustVerifyPeer,
        })
      : httpRequest(url, { method: httpMethod, headers, agent: this.#http });
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function read(
  response: IncomingMessage,
  done: (answer: HandlerAnswer) => void,
  fail: (why: string) => void,
): void {
  const { statusCode = 0 } = response;
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    body += chunk;
    if (body.length > maxAnswerBytes) fail('the answer is too long');
  });
  response.on('error', (error) => fail(errorMessage(error)));
  response.on('end', () => {
    if (statusCode >= 200 && statusCode < 300) done(parseHandlerAnswer(body));
    else fail(`HTTP status ${statusCode}`);
  });
}

/** The query in the order and spelling of drachtio-server, and the parameters of the Request-URI behind it. */
export function questionUrl(
  base: string,
  request: SipMessage,
  { flow }: Pick<ServerExchange, 'flow'>,
): string {
  const uri = parseSipUri(request.requestUri);
  const parts: (readonly [name: string, value: string])[] = [
    ['method', request.method],
    ['domain', uri?.host ?? ''],
    ['protocol', flow.protocol],
    ['source_address', flow.remoteAddress],
    ['fromUser', userOf(request.from()?.uri)],
    ['toUser', userOf(request.to()?.uri)],
    ['uriUser', uri?.user ?? ''],
    ['contentType', request.get('content-type') ?? ''],
    ['uri', request.requestUri],
    ...[...(uri?.params ?? [])].map(
      ([name, value]) => [name, typeof value === 'string' ? value : ''] as const,
    ),
  ];
  const query = parts.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
  if (base.includes('?')) return `${base}&${query}`;
  return `${base}${base.endsWith('/') ? '' : '/'}?${query}`;
}

function userOf(uri: string | undefined): string {
  return uri === undefined ? '' : (parseSipUri(uri)?.user ?? '');
}

/** SIP text is a byte string; what of it is UTF-8 is meant to be. */
function encoded(text: string): string {
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  return encodeURIComponent(utf8).replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
}
