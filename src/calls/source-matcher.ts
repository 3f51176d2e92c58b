// Trunk check: the source address of a request against the address blocks of the trunks (RFC 4632, RFC 4291).
import { isIP } from 'node:net';
import { LRUCache } from 'lru-cache';

interface Block<T> {
  readonly base: bigint;
  /** Length of the prefix in the 128-bit space: an IPv4 /24 is 120. */
  readonly prefixLength: number;
  readonly transports: ReadonlySet<string>;
  readonly owner: T;
}

export interface SourceRule<T> {
  /** IPv4 or IPv6 addresses or CIDR blocks. */
  readonly addresses: readonly string[];
  /** Such as `udp`, `tcp`. */
  readonly transports: readonly string[];
  readonly owner: T;
}

const addressBits = 128;
const ipv4MappedPrefix = 0xffffn << 32n;

/** The 128-bit value of an address; an IPv4 address takes its IPv4-mapped place (RFC 4291 2.5.5.2). Undefined when it is none. */
export function addressValue(text: string): bigint | undefined {
  const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
  const zone = bare.indexOf('%');
  const address = zone === -1 ? bare : bare.slice(0, zone);
  switch (isIP(address)) {
    case 4:
      return ipv4MappedPrefix | ipv4Value(address);
    case 6:
      return ipv6Value(address);
    default:
      return undefined;
  }
}

function ipv4Value(address: string): bigint {
  return BigInt(address.split('.').reduce((value, byte) => value * 256 + Number(byte), 0));
}

function ipv6Value(address: string): bigint {
  const [head = '', tail] = withHexTail(address).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...new Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** `::ffff:192.0.2.1` to `::ffff:c000:201`. */
function withHexTail(address: string): string {
  const lastColon = address.lastIndexOf(':');
  const tail = address.slice(lastColon + 1);
  if (!tail.includes('.')) return address;
  const value = ipv4Value(tail);
  return `${address.slice(0, lastColon + 1)}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}

function prefixOf(value: bigint, prefixLength: number): bigint {
  return value >> BigInt(addressBits - prefixLength);
}

/** A block of text such as `192.0.2.0/24`, or undefined when it is none. */
export function parseBlock(text: string): { base: bigint; prefixLength: number } | undefined {
  const [address = '', length, ...rest] = text.split('/');
  const base = addressValue(address);
  if (base === undefined || rest.length > 0) return undefined;
  const isIpv4 = isIP(address) === 4;
  const width = isIpv4 ? 32 : addressBits;
  const given = length === undefined ? width : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
  if (!(given >= 0 && given <= width)) return undefined;
  return { base, prefixLength: given + addressBits - width };
}

/** Finds the owner of a source: the most specific block that admits the transport wins, then the earlier rule. */
export class SourceMatcher<T extends object> {
  readonly #blocks: readonly Block<T>[];
  readonly #seen = new LRUCache<string, { readonly owner: T | undefined }>({ max: 10_000 });

  /** Addresses that are none are left out: the settings were checked before. */
  constructor(rules: readonly SourceRule<T>[]) {
    const blocks: Block<T>[] = [];
    for (const { addresses, transports, owner } of rules) {
      for (const text of addresses) {
        const block = parseBlock(text);
        if (block !== undefined) blocks.push({ ...block, transports: new Set(transports), owner });
      }
    }
    this.#blocks = blocks.sort((a, b) => b.prefixLength - a.prefixLength);
  }

  find(address: string, transport: string): T | undefined {
    const key = `${transport} ${address}`;
    const known = this.#seen.get(key);
    if (known !== undefined) return known.owner;
    const owner = this.#search(address, transport);
    this.#seen.set(key, { owner });
    return owner;
  }

  #search(address: string, transport: string): T | undefined {
    const value = addressValue(address);
    if (value === undefined) return undefined;
    return this.#blocks.find(
      (block) =>
        block.transports.has(transport) &&
        prefixOf(value, block.prefixLength) === prefixOf(block.base, block.prefixLength),
    )?.owner;
  }
}
