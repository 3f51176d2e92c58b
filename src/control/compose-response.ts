// The response that an application asks for, as it goes on the wire. Via, From, Call-ID and CSeq are the request's own.
import { ComposedMessage, createResponse, parseNameAddr } from '../sip/index.js';
import type { LocalAddress, ServerExchange, SipMessage } from '../sip/index.js';
import { appHeader } from './app-message.js';
import type { AppResponse } from './app-message.js';
import { appLines, defaultContentType, ownContact } from './header-rules.js';

const ofTheRequest: ReadonlySet<string> = new Set(['from', 'to', 'call-id', 'cseq']);

/** @returns undefined when a header is malformed or the status is none */
export function composeResponse(
  exchange: ServerExchange,
  app: AppResponse,
  local: LocalAddress,
): SipMessage | undefined {
  const { server, request } = exchange;
  if (app.status < 100 || app.status > 699) return undefined;
  const lines = appLines(app.headers, ofTheRequest, local);
  if (lines === undefined) return undefined;
  if (!exchange.hasResponded) chooseTag(exchange, app);
  const base = createResponse(request, app.status, app.reason === '' ? undefined : app.reason, server.toTag);
  const all = [...base.headerLines()];
  if (needsContact(exchange, app.status) && !lines.some((line) => line.name === 'contact')) {
    all.push({ name: 'contact', spelled: 'Contact', value: ownContact(local) });
  }
  all.push(...lines);
  const type = defaultContentType(app);
  if (type !== undefined) all.push(type);
  return new ComposedMessage(base, all, app.body);
}

/** The application may choose our tag with its first response. */
function chooseTag(exchange: ServerExchange, app: AppResponse): void {
  const to = appHeader(app, 'to');
  if (to?.includes('tag=') !== true || exchange.isInDialog) return;
  const tag = parseNameAddr(to)?.tag;
  if (tag !== undefined) exchange.server.toTag = tag;
}

/** RFC 3261 12.1.1: what forms or refreshes a dialog carries a Contact; RFC 3311 5.2 for UPDATE. */
function needsContact({ request, isInDialog }: ServerExchange, status: number): boolean {
  const { method } = request;
  if (status <= 100 || status >= 300) return false;
  if (method === 'INVITE') return true;
  if (status < 200) return false;
  return method === 'SUBSCRIBE' || method === 'UPDATE' || (method === 'REFER' && !isInDialog);
}
