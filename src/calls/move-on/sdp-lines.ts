// The few lines of an SDP that say where media goes and which way (RFC 8866 5.7, 5.14, 6.7).

/** The c= and m= lines: two SDPs with equal ones send media to the same place. */
export function mediaOf(sdp: string): string {
  return sdp
    .split(/\r?\n/)
    .filter((line) => /^[cm]=/.test(line))
    .join('\n');
}

/** `sendrecv` when nothing else is said. */
export function directionOf(sdp: string): string {
  return /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(sdp)?.[1] ?? 'sendrecv';
}
