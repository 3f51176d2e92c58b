// Headers that a b2bua call carries from one leg to the other: what is the caller's business goes on, what belongs to a hop or a
// dialog does not (RFC 7092 lists both), and every value is made safe.
import { cleanValue, isAssertedIdentity, isCtiHeader } from './cti-headers.js';
import type { Headers } from './cti-headers.js';

/** Of the hop, of the dialog, or decided by us. */
const notCopied = new Set([
  'allow',
  'authorization',
  'call-id',
  'contact',
  'content-length',
  'cseq',
  'from',
  'max-forwards',
  'min-se',
  'proxy-authorization',
  'proxy-require',
  'rack',
  'record-route',
  'require',
  'route',
  'rseq',
  'session-expires',
  'supported',
  'to',
  'via',
  'x',
]);

/** Copied on requests within a dialog and on their responses; a short list, since a dialog is between us and one side. */
const copiedInDialog = [
  'accept',
  'content-disposition',
  'content-type',
  'event',
  'expires',
  'info-package',
  'reason',
  'recv-info',
  'refer-sub',
  'refer-to',
  'referred-by',
  'replaces',
  'retry-after',
  'subject',
  'subscription-state',
  'target-dialog',
];

/** Copied on responses to the INVITE. */
const copiedOnResponse = ['content-disposition', 'content-type', 'reason'];

/**
 * Options that we cannot carry from one leg to the other: a reliable provisional response needs a PRACK on each (and ends a
 * drachtio-server that never gets it), and a session timer is of one dialog.
 */
const optionsNotCarried = new Set(['100rel', 'timer']);
const allowed = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, MESSAGE, NOTIFY, REFER, UPDATE';

export interface LegOptions {
  readonly received: Headers;
  /** Value of Max-Forwards as received. */
  readonly maxForwards: number;
  readonly isTrusted: boolean;
  /** CTI headers of this attempt. */
  readonly cti: Headers;
}

/** Headers of our INVITE to a destination. */
export function inviteHeaders({ received, maxForwards, isTrusted, cti }: LegOptions): Headers {
  const headers: Record<string, string> = {};
  for (const name in received) {
    const lower = name.toLowerCase();
    if (notCopied.has(lower) || isCtiHeader(lower) || (!isTrusted && isAssertedIdentity(lower))) continue;
    headers[name] = cleanValue(received[name] ?? '');
  }
  headers['From'] = withoutTag(received['from'] ?? '');
  headers['To'] = withoutTag(received['to'] ?? '');
  // RFC 7332 3: a B2BUA counts as a hop.
  headers['Max-Forwards'] = String(maxForwards - 1);
  headers['Allow'] = allowed;
  const supported = supportedOptions(received['supported']);
  if (supported !== '') headers['Supported'] = supported;
  const required = optionTags(received['require']);
  if (required.length > 0) headers['Require'] = required.join(', ');
  return Object.assign(headers, cti);
}

/** Option tags that an INVITE requires and we cannot carry, for 420 and its Unsupported header (RFC 3261 8.2.2.3). */
export function unsupportedOptions(require: string | undefined): readonly string[] {
  return optionTags(require).filter((tag) => optionsNotCarried.has(tag));
}

export function dialogHeaders(received: Headers): Headers {
  return pick(received, copiedInDialog);
}

export function responseHeaders(received: Headers): Headers {
  return pick(received, copiedOnResponse);
}

function pick(received: Headers, names: readonly string[]): Headers {
  const headers: Record<string, string> = {};
  for (const name of names) {
    const value = received[name];
    if (value !== undefined) headers[name] = cleanValue(value);
  }
  return headers;
}

function supportedOptions(supported: string | undefined): string {
  return optionTags(supported)
    .filter((tag) => !optionsNotCarried.has(tag))
    .join(', ');
}

function optionTags(value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  return value
    .split(',')
    .map((tag) => cleanValue(tag).trim().toLowerCase())
    .filter((tag) => tag !== '');
}

/** A From or To as it goes on the other leg: same name and URI, a tag of its own. */
function withoutTag(value: string): string {
  const clean = cleanValue(value);
  const close = clean.lastIndexOf('>');
  if (close === -1) return `<${clean.split(';', 1)[0] ?? ''}>`;
  return clean.slice(0, close + 1) + clean.slice(close + 1).replace(/\s*;\s*tag\s*=[^;]*/i, '');
}
