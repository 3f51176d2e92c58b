// What counts as one source: an IPv4 address, or the /64 of an IPv6 address, which is what one host gets (RFC 6177, RFC 7421).

const COLON = 0x3a;

/** The key of the source of a packet. @param address as the kernel writes it, without brackets */
export function sourceKey(address: string): string {
  return address.includes(':') ? networkOf(address) : address;
}

/** The first four groups. Only `::` needs counting: it stands for as many groups as are missing. */
function networkOf(address: string): string {
  const gap = address.indexOf('::');
  const groups = gap === -1 ? 8 : groupsIn(address, 0, gap);
  const end = endOfGroups(address, 4);
  if (end !== -1 && groups >= 4) return `${address.slice(0, end)}/64`;
  const after = groupsIn(address, gap + 2, address.length);
  const zeros = 8 - groups - after;
  let key = address.slice(0, gap);
  for (let i = groups; i < Math.min(4, groups + zeros); i++) key += ':0';
  const left = 4 - groups - zeros;
  if (left > 0)
    key += `:${address
      .slice(gap + 2)
      .split(':', left)
      .join(':')}`;
  return `${groups === 0 ? key.slice(1) : key}/64`;
}

function groupsIn(text: string, from: number, to: number): number {
  if (from >= to) return 0;
  let groups = 1;
  for (let i = from; i < to; i++) if (text.charCodeAt(i) === COLON) groups++;
  return groups;
}

/** Where the first `count` groups end; -1 when there are fewer. */
function endOfGroups(text: string, count: number): number {
  let seen = 0;
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) === COLON && ++seen === count) return i;
  }
  return -1;
}
