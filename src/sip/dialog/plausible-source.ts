// May a request inside a dialog come from this address? Tags alone do not protect a call from whoever has seen one message of it.
import { isIP } from 'node:net';
import { bareHost } from '../message/host-port.js';
import { parseNameAddr } from '../message/name-addr.js';
import { parseSipUri } from '../message/sip-uri.js';
import type { Dialog } from './dialog.js';

/**
 * Deviation from RFC 3261 12.2.2, which lets a request in a dialog come from anywhere: the source is an address that the peer
 * has been heard from, its remote target, or an element of the route set. Where one of these is a name, and so not known as
 * an address here, any source passes.
 */
export function isPlausibleSource(dialog: Dialog, address: string): boolean {
  if (dialog.flow.remoteAddress === address || mayBe(dialog.remoteTarget, address)) return true;
  for (const route of dialog.routeSet) if (mayBe(parseNameAddr(route)?.uri, address)) return true;
  return false;
}

function mayBe(uri: string | undefined, address: string): boolean {
  const parsed = uri === undefined ? null : parseSipUri(uri);
  if (parsed === null || parsed.scheme === 'tel') return false;
  const host = bareHost(parsed.host);
  return host === address || isIP(host) === 0;
}
