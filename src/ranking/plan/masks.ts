// Sets of offers as bits of BIGINT columns, so that what the past says of a customer is a few numbers however many offers there are.

/** Offers a column holds: a BIGINT has 63 bits above its sign. */
const BITS = 62;

/** What the past can rule an offer out by. */
export const MASK_KINDS = ['held', 'exposure', 'family', 'cool'] as const;

/** The columns that hold the bits of so many offers. */
export function maskColumns(kind: string, offers: number): readonly string[] {
  return Array.from({ length: Math.max(1, Math.ceil(offers / BITS)) }, (_, chunk) =>
    maskColumn(kind, chunk * BITS),
  );
}

export function maskColumn(kind: string, offer: number): string {
  return `_${kind}_${Math.floor(offer / BITS)}`;
}

export function maskBit(offer: number): string {
  return String(2n ** BigInt(offer % BITS));
}

/** Is the bit of the offer set? */
export function isMarked(kind: string, offer: number): string {
  return `(${maskColumn(kind, offer)} & ${maskBit(offer)}) <> 0`;
}
