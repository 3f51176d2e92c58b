// The texts of the calls of npm run bench:engine, as a trunk and a destination write them.

const sdp =
  'v=0\r\no=- 20518 1 IN IP4 203.0.113.7\r\ns=-\r\nc=IN IP4 203.0.113.7\r\nt=0 0\r\n' +
  'm=audio 49170 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n';

export interface CallParty {
  /** `host:port` of the caller. */
  readonly from: string;
  /** `host:port` of the server that is measured. */
  readonly to: string;
  /** Number of the caller. */
  readonly user: string;
}

/** A request of call `id`; of about 700 bytes when it is an INVITE. */
export function requestText(
  method: 'INVITE' | 'ACK' | 'BYE',
  id: number,
  party: CallParty,
  toTag = '',
): string {
  const { from, to, user } = party;
  // The ACK to a 2xx and the BYE are transactions of their own; the ACK to a 302 has the branch of its INVITE.
  const branch = toTag.endsWith('2xx') || method === 'BYE' ? `${id}-${method}` : String(id);
  const body = method === 'INVITE' ? sdp : '';
  return (
    `${method} sip:+18005550100@${to} SIP/2.0\r\n` +
    `Via: SIP/2.0/UDP ${from};branch=z9hG4bK-${from.slice(from.indexOf(':') + 1)}-${branch};rport\r\n` +
    `From: "Alice" <sip:${user}@${from}>;tag=from${id}\r\n` +
    `To: <sip:+18005550100@${to}>${toTag.replace('2xx', '')}\r\nCall-ID: ${id}-${from}\r\n` +
    `CSeq: ${method === 'BYE' ? 2 : 1} ${method}\r\nContact: <sip:${user}@${from}>\r\nMax-Forwards: 70\r\n` +
    'User-Agent: trunk/1.0\r\n' +
    (body === '' ? '' : 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nContent-Type: application/sdp\r\n') +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

/** What a destination answers an INVITE with. */
export function answerText(invite: string, hostPort: string): string {
  const lines = invite.slice(0, invite.indexOf('\r\n\r\n')).split('\r\n');
  const kept = lines.filter((line) => /^(via|from|call-id|cseq|record-route):/i.test(line));
  const to = lines.find((line) => /^to:/i.test(line)) ?? '';
  return (
    `SIP/2.0 200 OK\r\n${kept.join('\r\n')}\r\n${to};tag=callee\r\nContact: <sip:${hostPort}>\r\n` +
    `Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`
  );
}

export const inviteOfABench = requestText('INVITE', 1, {
  from: '203.0.113.7:5060',
  to: '198.51.100.10:5060',
  user: '+15550100001',
});
