// The response that an application asks for, as it goes on the wire. Via, From, Call-ID and CSeq are the request's own.
import { ComposedMessage, createResponse, parseNameAddr } from '../sip/index.js';
import type { HeaderLine, LocalAddress, NameAddr, ServerExchange, SipMessage } from '../sip/index.js';
import { appHeader } from './app-message.js';
import type { AppResponse } from './app-message.js';
import { appLines, defaultContentType, localise, ownContact } from './header-rules.js';

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
  const to = appHeader(app, 'to');
  // drachtio-srf sends the To of the request back, nearly always.
  const party = to === undefined || to === request.get('to') ? null : parseNameAddr(to);
  if (!exchange.hasResponded && party !== null) chooseTag(exchange, party);
  const base = createResponse(request, app.status, app.reason === '' ? undefined : app.reason, server.toTag);
  const all = [...base.headerLines()];
  if (party !== null && !exchange.isInDialog) renameTo(all, party.uri, server.toTag, local);
  if (needsContact(exchange, app.status) && !lines.some((line) => line.name === 'contact')) {
    all.push({ name: 'contact', spelled: 'Contact', value: ownContact(local) });
  }
  all.push(...lines);
  const type = defaultContentType(app);
  if (type !== undefined) all.push(type);
  return new ComposedMessage(base, all, app.body);
}

/** The application may choose our tag with its first response. */
function chooseTag(exchange: ServerExchange, { tag }: NameAddr): void {
  if (tag !== undefined && !exchange.isInDialog) exchange.server.toTag = tag;
}

/**
 * Deviation: RFC 3261 8.2.6.2 copies To. drachtio-server lets the application write another URI, for peers that show it; its tag is
 * what peers go by.
 */
function renameTo(lines: HeaderLine[], uri: string, tag: string, local: LocalAddress): void {
  const at = lines.findIndex(({ name }) => name === 'to');
  const line = lines[at];
  const was = line === undefined ? null : parseNameAddr(line.value);
  if (line === undefined || was === null || was.uri === uri || was.uri === localise('to', uri, local)) return;
  const suffix = was.tag === undefined ? '' : `;tag=${tag}`;
  lines[at] = { ...line, value: `<${localise('to', uri, local)}>${suffix}` };
}

/** RFC 3261 12.1.1: what forms or refreshes a dialog carries a Contact; RFC 3311 5.2 for UPDATE. */
function needsContact({ request, isInDialog }: ServerExchange, status: number): boolean {
  const { method } = request;
  if (status <= 100 || status >= 300) return false;
  if (method === 'INVITE') return true;
  if (status < 200) return false;
  return method === 'SUBSCRIBE' || method === 'UPDATE' || (method === 'REFER' && !isInDialog);
}
