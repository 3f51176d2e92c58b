// Messages that we begin: a request from its parts, a response to a request (RFC 3261 8.1.1 and 8.2.6).
import { SipHeaderError } from '../errors.js';
import { breaksLine } from './header-value.js';
import { reasonPhraseOf } from './reason-phrases.js';
import { makeLine, SipMessage } from './sip-message.js';
import type { HeaderLine } from './sip-message.js';

export interface RequestParts {
  readonly method: string;
  readonly requestUri: string;
  /** In the order they are to have. Content-Length is added on output. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body?: string;
}

/** @throws SipHeaderError when a name or value is not fit for a header. */
export function createRequest(parts: RequestParts): SipMessage {
  const lines: HeaderLine[] = [];
  for (const [name, value] of parts.headers) lines.push(makeLine(name, value));
  checkStart('method', parts.method);
  checkStart('Request-URI', parts.requestUri);
  const start = { method: parts.method, requestUri: parts.requestUri, statusCode: 0, reasonPhrase: '' };
  return new SipMessage(start, lines, parts.body ?? '');
}

/** Requests whose 101-2xx responses carry the Record-Route of the request (RFC 3261 12.1.1, RFC 6665). */
const dialogForming = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'NOTIFY']);

/**
 * A response to `request`: Via, From, To, Call-ID and CSeq copied (8.2.6.2), Record-Route where a dialog may form. Of what may
 * stand once and stands twice, in a request that is refused for it, the first.
 * @param reason default the usual phrase.
 * @param toTag added to a To that has no tag, unless the status is 100.
 * @throws SipHeaderError when `reason` has a line break.
 */
export function createResponse(
  request: SipMessage,
  status: number,
  reason?: string,
  toTag?: string,
): SipMessage {
  const copiesRoute = status > 100 && status < 300 && dialogForming.has(request.method);
  const lines: HeaderLine[] = [];
  for (const line of request.headerLines()) {
    switch (line.name) {
      case 'via':
        lines.push(line);
        break;
      case 'from':
        if (!hasLine(lines, 'from')) lines.push(line);
        break;
      case 'call-id':
        if (!hasLine(lines, 'call-id')) lines.push(line);
        break;
      case 'cseq':
        if (!hasLine(lines, 'cseq')) lines.push(line);
        break;
      case 'to':
        if (hasLine(lines, 'to')) break;
        lines.push(
          toTag === undefined || status === 100 || hasTag(request)
            ? line
            : { name: 'to', spelled: line.spelled, value: `${line.value};tag=${toTag}` },
        );
        break;
      case 'record-route':
        if (copiesRoute) lines.push(line);
        break;
      case 'timestamp':
        // RFC 3261 8.2.6.1; a delay of our own would be added, and there is none.
        if (status === 100) lines.push(line);
        break;
      default:
        break;
    }
  }
  if (reason !== undefined) checkStart('reason phrase', reason);
  const reasonPhrase = reason ?? reasonPhraseOf(status);
  return new SipMessage(
    { method: request.method, requestUri: '', statusCode: status, reasonPhrase },
    lines,
    '',
  );
}

function hasLine(lines: readonly HeaderLine[], name: string): boolean {
  for (const line of lines) if (line.name === name) return true;
  return false;
}

function checkStart(part: string, text: string): void {
  if (breaksLine(text)) throw new SipHeaderError(part, 'has a line break or NUL');
}

/** A To that does not parse gets no tag: its text is the peer's own. */
function hasTag(request: SipMessage): boolean {
  const to = request.to();
  return to === null || to.tag !== undefined;
}
