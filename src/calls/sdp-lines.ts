// The lines of an SDP that say where media goes (RFC 8866 5.7, 5.14).

/**
 * The c= and m= lines: two SDPs with equal ones send media to the same place. The address 0.0.0.0 is the hold of RFC 2543, and no
 * place.
 */
export function mediaOf(sdp: string): string {
  return sdp
    .split(/\r?\n/)
    .filter((line) => /^[cm]=/.test(line) && !line.endsWith(' 0.0.0.0'))
    .join('\n');
}
