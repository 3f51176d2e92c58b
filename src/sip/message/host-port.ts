// host [ ":" port ] as in a URI or in the sent-by of a Via (RFC 3261 25.1).
import { HEX, HOST, isDigit, isOf, parseDigits } from './characters.js';

/** Position after the host that begins at `start` (an IPv6 reference with its brackets), or -1. */
export function endOfHost(text: string, start: number, end: number): number {
  if (start >= end) return -1;
  if (text.charCodeAt(start) === 0x5b) {
    const close = text.indexOf(']', start);
    return close > start + 2 && close < end && isIpv6Text(text, start + 1, close) ? close + 1 : -1;
  }
  let i = start;
  while (i < end && isOf(HOST, text.charCodeAt(i))) i++;
  return i === start ? -1 : i;
}

function isIpv6Text(text: string, start: number, end: number): boolean {
  let colons = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x3a) colons++;
    else if (code !== 0x2e && !isOf(HEX, code)) return false;
  }
  return colons >= 2;
}

/** Position after the digits that begin at `start`. */
export function endOfDigits(text: string, start: number, end: number): number {
  let i = start;
  while (i < end && isDigit(text.charCodeAt(i))) i++;
  return i;
}

/** The port in [start, end), or -1. */
export function parsePort(text: string, start: number, end: number): number {
  return parseDigits(text, start, end, 65535);
}

/** The host without the brackets of an IPv6 reference. */
export function bareHost(host: string): string {
  return host.charCodeAt(0) === 0x5b ? host.slice(1, -1) : host;
}

/** The host as it stands in a URI: an IPv6 address gets its brackets. */
export function hostInUri(host: string): string {
  return host.includes(':') && host.charCodeAt(0) !== 0x5b ? `[${host}]` : host;
}
