// One element of Via: RFC 3261 20.42, with rport of RFC 3581.
import { isOf, skipBlanks, TOKEN, trimBlanks } from './characters.js';
import { endOfDigits, endOfHost, parsePort } from './host-port.js';
import { paramMap, paramOf, scanParams } from './parameters.js';
import type { ParamPairs, Params, ParamValue } from './parameters.js';

export class Via {
  /** `SIP` as spelled. */
  readonly protocol: string;
  /** `2.0` as spelled. */
  readonly version: string;
  /** Upper case: `UDP`, `TCP`, `TLS`, ... */
  readonly transport: string;
  /** Of sent-by, as spelled; an IPv6 reference with its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly branch: string | undefined;
  readonly #pairs: ParamPairs;
  #params: Params | undefined;

  constructor(protocol: string, version: string, sent: ViaSent, pairs: ParamPairs) {
    this.protocol = protocol;
    this.version = version;
    this.transport = sent.transport;
    this.host = sent.host;
    this.port = sent.port;
    this.#pairs = pairs;
    const branch = paramOf(pairs, 'branch');
    this.branch = branch === true ? undefined : branch;
  }

  /** Lower-case names; values as spelled. */
  get params(): Params {
    return (this.#params ??= paramMap(this.#pairs));
  }

  /** One parameter, without making the map. */
  param(name: string): ParamValue | undefined {
    return paramOf(this.#pairs, name);
  }

  /** host [":" port] as spelled. */
  get sentBy(): string {
    return this.port === undefined ? this.host : `${this.host}:${this.port}`;
  }

  /**
   * A copy that says where the message came from (RFC 3261 18.2.1, RFC 3581 4): both are replaced where they stand, or added at the
   * end.
   * @param rport undefined: as it is
   */
  withSource(received: string, rport: string | undefined): Via {
    const pairs: ParamValue[] = [];
    let hasReceived = false;
    let hasRport = rport === undefined;
    for (let i = 0; i < this.#pairs.length; i += 2) {
      const name = this.#pairs[i] as string;
      const value = this.#pairs[i + 1] ?? true;
      if (name === 'received') {
        if (!hasReceived) pairs.push(name, received);
        hasReceived = true;
      } else if (name === 'rport' && rport !== undefined) {
        if (!hasRport) pairs.push(name, rport);
        hasRport = true;
      } else {
        pairs.push(name, value);
      }
    }
    if (!hasReceived) pairs.push('received', received);
    if (!hasRport && rport !== undefined) pairs.push('rport', rport);
    return new Via(this.protocol, this.version, this, pairs);
  }

  toString(): string {
    let text = `${this.protocol}/${this.version}/${this.transport} ${this.sentBy}`;
    for (let i = 0; i < this.#pairs.length; i += 2) {
      const value = this.#pairs[i + 1];
      text +=
        value === true ? `;${this.#pairs[i] as string}` : `;${this.#pairs[i] as string}=${value as string}`;
    }
    return text;
  }
}

interface ViaSent {
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
}

/** One element of Via, blanks allowed wherever the grammar has LWS; null when malformed. */
export function parseVia(text: string): Via | null {
  const end = trimBlanks(text, 0, text.length);
  const nameStart = skipBlanks(text, 0, end);
  const nameEnd = endOfToken(text, nameStart, end);
  const versionStart = afterSlash(text, nameEnd, end);
  if (nameEnd === nameStart || versionStart === -1) return null;
  const versionEnd = endOfToken(text, versionStart, end);
  const transportStart = afterSlash(text, versionEnd, end);
  if (versionEnd === versionStart || transportStart === -1) return null;
  const transportEnd = endOfToken(text, transportStart, end);
  const hostStart = skipBlanks(text, transportEnd, end);
  if (transportEnd === transportStart || hostStart === transportEnd) return null;
  const hostEnd = endOfHost(text, hostStart, end);
  if (hostEnd === -1) return null;
  let i = skipBlanks(text, hostEnd, end);
  let port: number | undefined;
  if (i < end && text.charCodeAt(i) === 0x3a) {
    const portStart = skipBlanks(text, i + 1, end);
    i = endOfDigits(text, portStart, end);
    port = parsePort(text, portStart, i);
    if (port === -1) return null;
  }
  const pairs = scanParams(text, i, end);
  if (pairs === null) return null;
  const sent = {
    transport: text.slice(transportStart, transportEnd).toUpperCase(),
    host: text.slice(hostStart, hostEnd),
    port,
  };
  return new Via(text.slice(nameStart, nameEnd), text.slice(versionStart, versionEnd), sent, pairs);
}

function endOfToken(text: string, start: number, end: number): number {
  let i = start;
  while (i < end && isOf(TOKEN, text.charCodeAt(i))) i++;
  return i;
}

/** Position after a slash with blanks on either side; -1 when there is none. */
function afterSlash(text: string, start: number, end: number): number {
  const slash = skipBlanks(text, start, end);
  return slash < end && text.charCodeAt(slash) === 0x2f ? skipBlanks(text, slash + 1, end) : -1;
}
