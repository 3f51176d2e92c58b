// An address or CIDR block (RFC 4632, RFC 4291 2.3) of a trunk.
import { isIP } from 'node:net';

/** One block of addresses. */
export interface AddressBlock {
  readonly family: 4 | 6;
  /** The first address as a number. */
  readonly network: bigint;
  /** 0 to 32 or 128; a single address has all bits. */
  readonly prefixLength: number;
}

/** `10.0.0.0/8`, `192.0.2.1`, `2001:db8::/32`; or what is wrong with it, as the rest of a sentence. */
export function parseAddressBlock(text: string): AddressBlock | string {
  const slash = text.indexOf('/');
  const address = slash === -1 ? text : text.slice(0, slash);
  const family = isIP(address);
  if ((family !== 4 && family !== 6) || address.includes('%')) {
    return 'is not an IPv4 or IPv6 address or CIDR block, such as 192.0.2.0/24';
  }
  const bits = family === 4 ? 32 : 128;
  const prefixText = slash === -1 ? String(bits) : text.slice(slash + 1);
  const prefixLength = Number(prefixText);
  if (!/^\d{1,3}$/.test(prefixText) || prefixLength > bits) {
    return `has no valid prefix length: an IPv${family} block ends in /0 to /${bits}`;
  }
  const value = family === 4 ? numberOfIpv4(address) : numberOfIpv6(address);
  const hostBits = BigInt(bits - prefixLength);
  const network = (value >> hostBits) << hostBits;
  if (network !== value) {
    const block = `${family === 4 ? textOfIpv4(network) : textOfIpv6(network)}/${prefixLength}`;
    return `is an address inside a block; write ${block} for the block or ${address} for the address`;
  }
  return { family, network, prefixLength };
}

/** Do two texts that were parsed mean the same addresses? */
export function isSameBlock(a: AddressBlock, b: AddressBlock): boolean {
  return a.family === b.family && a.network === b.network && a.prefixLength === b.prefixLength;
}

function numberOfIpv4(address: string): bigint {
  return address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

function textOfIpv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
}

function numberOfIpv6(address: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  let text = address;
  if (dotted?.[1] !== undefined && dotted[2] !== undefined) {
    const low = numberOfIpv4(dotted[2]);
    text = `${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

function textOfIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  // RFC 5952 4.2: the first of the longest runs of two or more zero groups is shortened.
  let start = 0;
  let length = 1;
  for (let from = 0; from < 8; from++) {
    let to = from;
    while (groups[to] === '0') to++;
    if (to - from > length) [start, length] = [from, to - from];
  }
  if (length === 1) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}
