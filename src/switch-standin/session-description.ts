// SDP of an endpoint that has no media: every stream is answered, audio as inactive, the rest refused (RFC 3264 section 6).

const mediaLine = /^m=(\S+) \d+ (\S+) (\S+)/gm;

function description(address: string, media: readonly string[]): string {
  const family = address.includes(':') ? 'IP6' : 'IP4';
  return [
    'v=0',
    `o=standin 1 1 IN ${family} ${address}`,
    's=-',
    `c=IN ${family} ${address}`,
    't=0 0',
    ...media,
    '',
  ].join('\r\n');
}

/** An offer of one inactive PCMU stream; port 9 is discard. */
export function sdpOffer(address: string): string {
  return description(address, ['m=audio 9 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', 'a=inactive']);
}

/** The answer to `offer`; an offer of our own when there is none (RFC 3261 13.2.1, a late offer). */
export function sdpAnswer(offer: string, address: string): string {
  if (!offer.includes('m=')) return sdpOffer(address);
  const media = [...offer.matchAll(mediaLine)].flatMap(([, kind = '', profile = '', format = '']) =>
    kind === 'audio'
      ? [`m=audio 9 ${profile} ${format}`, 'a=inactive']
      : [`m=${kind} 0 ${profile} ${format}`],
  );
  return description(address, media);
}
