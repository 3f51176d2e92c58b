// What the engine refuses before any application sees it: RFC 3261 8.2.1, 8.2.2.
import type { SipMessage } from './message/sip-message.js';
import { uriScheme } from './message/sip-uri.js';
import type { HeaderField } from './transaction/generated-requests.js';
import type { ListenAddress } from './transport/transport.js';

export interface RuleRefusal {
  readonly status: number;
  readonly headers: readonly HeaderField[];
}

/** Methods that open a dialog or stand alone: they may come without a To tag. */
const outsideDialog: ReadonlySet<string> = new Set([
  'INVITE',
  'REGISTER',
  'MESSAGE',
  'OPTIONS',
  'INFO',
  'NOTIFY',
  'SUBSCRIBE',
  'PUBLISH',
  'REFER',
]);
/** Methods that mean something inside a dialog only. */
const insideDialog: ReadonlySet<string> = new Set(['BYE', 'UPDATE', 'PRACK', 'ACK', 'CANCEL']);

export function isKnownMethod(method: string): boolean {
  return outsideDialog.has(method) || insideDialog.has(method);
}

export function isDialogMethod(method: string): boolean {
  return insideDialog.has(method);
}

/**
 * Extensions that the engine supports, and those that are the application's business alone, so that a Require of them passes.
 * What needs the engine and is not there (path, outbound, ...) is not among them.
 */
const extensions: ReadonlySet<string> = new Set([
  '100rel',
  'timer',
  'replaces',
  'join',
  'tdialog',
  'norefersub',
  'histinfo',
  'uui',
  'privacy',
  'resource-priority',
  'siprec',
  'from-change',
]);

/**
 * @param own where we listen: without TLS among it a `sips:` request cannot be served as it asks
 * @returns why a request cannot be taken whoever serves it, or undefined
 */
export function refusalOf(request: SipMessage, own: readonly ListenAddress[] = []): RuleRefusal | undefined {
  // An extension inside a dialog is the application's business.
  if (!isKnownMethod(request.method) && request.to()?.tag === undefined) return { status: 501, headers: [] };
  const scheme = uriScheme(request.requestUri);
  // 8.2.2.1
  if (scheme !== 'sip' && scheme !== 'tel' && !isSecured(scheme, own)) return { status: 416, headers: [] };
  if (!request.has('require')) return undefined;
  // 8.2.2.3
  const unsupported = request.list('require').filter((tag) => !extensions.has(tag.toLowerCase()));
  return unsupported.length === 0
    ? undefined
    : { status: 420, headers: [{ name: 'Unsupported', value: unsupported.join(', ') }] };
}

function isSecured(scheme: string, own: readonly ListenAddress[]): boolean {
  return scheme === 'sips' && own.some(({ protocol }) => protocol === 'tls');
}
