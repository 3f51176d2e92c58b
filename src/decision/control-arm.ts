// The control arm: a fixed share of the customers that always gets plain service, so that offers can be compared with none.

const offsetBasis = 0x811c9dc5;
const prime = 0x01000193;

function addByte(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, prime);
}

/** FNV-1a, 32 bits, over the UTF-8 bytes of `text`; `hash` continues an earlier one. Source: draft-eastlake-fnv, section 2. */
export function fnv1a32(text: string, hash: number = offsetBasis): number {
  let h = hash;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) {
      h = addByte(h, code);
    } else if (code < 0x800) {
      h = addByte(addByte(h, 0xc0 | (code >> 6)), 0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
      h = addByte(h, 0xe0 | (code >> 12));
      h = addByte(addByte(h, 0x80 | ((code >> 6) & 0x3f)), 0x80 | (code & 0x3f));
    } else {
      h = addByte(addByte(h, 0xf0 | (code >> 18)), 0x80 | ((code >> 12) & 0x3f));
      h = addByte(addByte(h, 0x80 | ((code >> 6) & 0x3f)), 0x80 | (code & 0x3f));
    }
  }
  return h >>> 0;
}

/**
 * Is this customer in the control arm? The same customer gets the same answer on every call and every router, and one that is in
 * at some percentage stays in at a greater one: FNV-1a of `partner/customer`, modulo 10,000, below `percent x 100`.
 * @param percent 0..100
 */
export function isInControlArm(partner: string, customer: string, percent: number): boolean {
  return fnv1a32(customer, fnv1a32('/', fnv1a32(partner))) % 10_000 < percent * 100;
}
