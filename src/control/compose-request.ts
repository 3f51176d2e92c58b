// The request that an application asks for, as it goes on the wire, outside a dialog (RFC 3261 8.1.1) and inside (12.2.1.1).
import { randomHex, randomUuid } from '../kernel/index.js';
import { composeInDialog, ComposedMessage, parseNameAddr } from '../sip/index.js';
import type { Dialog, DialogRoute, HeaderLine, LocalAddress, SipMessage } from '../sip/index.js';
import { appHeader } from './app-message.js';
import type { AppRequest } from './app-message.js';
import { appLines, bracketed, defaultContentType, localise, ownContact } from './header-rules.js';

/** A text for NOK, or the message. */
export type Composed = SipMessage | string;

const placed: ReadonlySet<string> = new Set(['max-forwards', 'from', 'to', 'call-id', 'cseq']);
/** They form dialogs. */
const contactMethods: ReadonlySet<string> = new Set(['INVITE', 'SUBSCRIBE', 'REFER']);
/** Target refresh requests, and REFER (RFC 3515 2.2). */
const contactMethodsInDialog: ReadonlySet<string> = new Set([
  'INVITE',
  'SUBSCRIBE',
  'UPDATE',
  'NOTIFY',
  'REFER',
]);

export function composeRequest(app: AppRequest, local: LocalAddress): Composed {
  const { method } = app;
  const from = partyWithTag(localise('from', appHeader(app, 'from') ?? `<sip:${local.hostPort}>`, local));
  const to = appHeader(app, 'to');
  const toValue = to === undefined ? `<${app.uri}>` : bracketed(localise('to', to, local));
  if (from === undefined || parseNameAddr(toValue) === null) return 'Error creating leg';
  const lines: HeaderLine[] = [
    { name: 'max-forwards', spelled: 'Max-Forwards', value: maxForwards(app) },
    { name: 'from', spelled: 'From', value: from },
    { name: 'to', spelled: 'To', value: toValue },
    { name: 'call-id', spelled: 'Call-ID', value: appHeader(app, 'call-id') ?? randomUuid() },
    { name: 'cseq', spelled: 'CSeq', value: `${cseqNumber(app)} ${method}` },
  ];
  const rest = restOf(app, local, contactMethods.has(method));
  if (typeof rest === 'string') return rest;
  lines.push(...rest);
  const start = { method, requestUri: app.uri, statusCode: 0, reasonPhrase: '' };
  return new ComposedMessage(start, lines, app.body);
}

/** Takes the next CSeq of the dialog, but for ACK, which has that of its INVITE. */
export function composeDialogRequest(app: AppRequest, dialog: Dialog, route: DialogRoute): Composed {
  const { method } = app;
  const rest = restOf(app, route.hop.local, contactMethodsInDialog.has(method));
  if (typeof rest === 'string') return rest;
  const isAck = method === 'ACK';
  const cseq = isAck ? (dialog.unacknowledged ?? 0) : dialog.localSeq + 1;
  const message = composeInDialog(dialog, route, { method, cseq, lines: rest, body: app.body });
  for (const name of ['from', 'to'] as const) {
    const party = appHeader(app, name);
    const uri = party === undefined ? undefined : parseNameAddr(localise(name, party, route.hop.local))?.uri;
    const tag = name === 'from' ? dialog.localTag : dialog.remoteTag;
    if (uri !== undefined) message.set(name, `<${uri}>;tag=${tag}`);
  }
  if (!isAck) dialog.localSeq = cseq;
  return message;
}

function restOf(app: AppRequest, local: LocalAddress, needsContact: boolean): HeaderLine[] | string {
  const lines = appLines(app.headers, placed, local);
  if (lines === undefined) return 'invalid Contact header';
  const type = defaultContentType(app);
  if (app.body !== '' && type === undefined && appHeader(app, 'content-type') === undefined) {
    return 'missing content-type';
  }
  if (needsContact && !lines.some((line) => line.name === 'contact')) {
    lines.unshift({ name: 'contact', spelled: 'Contact', value: ownContact(local) });
  }
  if (type !== undefined) lines.push(type);
  return lines;
}

/** From with a tag: the application's (it has to be kept when a challenge is answered) or a new one. */
function partyWithTag(value: string): string | undefined {
  const party = bracketed(value);
  const parsed = parseNameAddr(party);
  if (parsed === null) return undefined;
  return parsed.tag === undefined ? `${party};tag=${randomHex(8)}` : party;
}

function maxForwards(app: AppRequest): string {
  const given = appHeader(app, 'max-forwards');
  return given !== undefined && /^\d{1,3}$/.test(given) && Number(given) <= 255 ? given : '70';
}

/** The application's number, when it has one (a challenge is answered with the next), else a random one (8.1.1.5). */
function cseqNumber(app: AppRequest): number {
  const given = Number.parseInt(appHeader(app, 'cseq') ?? '', 10);
  if (Number.isInteger(given) && given >= 0 && given < 2 ** 31) return given;
  return Number.parseInt(randomHex(3), 16) + 1;
}
