// What the fuzzers begin from: messages of calls as user agents send them, with places for what must differ.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { repositoryRoot } from '../support/repository-root.js';

const sdp =
  'v=0\r\no=alice 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8\r\n';

function request(method: string, { to = '', extra = '', body = '' } = {}): string {
  return (
    `${method} sip:bob@198.51.100.1:5060 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK776asdhds\r\nMax-Forwards: 70\r\n` +
    `From: "Alice" <sip:alice@example.com>;tag=1928301774\r\nTo: Bob <sip:bob@example.com>${to}\r\nCall-ID: a84b4c76e66710@pc33\r\n` +
    `CSeq: 314159 ${method}\r\nContact: <sip:alice@192.0.2.1:5060>\r\n${extra}Content-Length: ${body.length}\r\n\r\n${body}`
  );
}

const inDialog = ';tag=a6c85cf';
const written: readonly string[] = [
  request('INVITE', {
    extra: 'Content-Type: application/sdp\r\nSupported: 100rel, timer\r\nSession-Expires: 1800\r\n',
    body: sdp,
  }),
  request('INVITE', { to: inDialog, extra: 'Route: <sip:198.51.100.1:5060;lr>\r\n', body: sdp }),
  request('INVITE', { extra: 'Record-Route: <sip:192.0.2.9;lr>, <sip:192.0.2.8;lr>\r\nRequire: 100rel\r\n' }),
  request('ACK'),
  request('ACK', { to: inDialog }),
  request('CANCEL'),
  request('BYE', { to: inDialog }),
  request('OPTIONS', { extra: 'Accept: application/sdp\r\n' }),
  request('REGISTER', {
    extra: 'Expires: 3600\r\nAuthorization: Digest username="a", realm="b", nonce="c", response="d"\r\n',
  }),
  request('SUBSCRIBE', { extra: 'Event: presence;id=7\r\nExpires: 600\r\n' }),
  request('NOTIFY', {
    to: inDialog,
    extra: 'Event: refer\r\nSubscription-State: active;expires=60\r\nContent-Type: message/sipfrag\r\n',
    body: 'SIP/2.0 100 Trying\r\n',
  }),
  request('REFER', {
    to: inDialog,
    extra:
      'Refer-To: <sip:carol@example.com?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>\r\nReferred-By: <sip:alice@example.com>\r\n',
  }),
  request('PRACK', { to: inDialog, extra: 'RAck: 776656 1 INVITE\r\n' }),
  request('UPDATE', { to: inDialog, extra: 'Content-Type: application/sdp\r\n', body: sdp }),
  request('INFO', {
    to: inDialog,
    extra: 'Info-Package: dtmf\r\nContent-Type: application/dtmf-relay\r\n',
    body: 'Signal=5\r\n',
  }),
  request('MESSAGE', { extra: 'Content-Type: text/plain\r\n', body: 'Watson, come here.' }),
  request('PUBLISH', { extra: 'Event: presence\r\nSIP-If-Match: x\r\n' }),
  ...[
    '100 Trying',
    '180 Ringing',
    '200 OK',
    '302 Moved',
    '401 Unauthorized',
    '486 Busy Here',
    '603 Decline',
  ].map((status) => request('INVITE', { to: inDialog, body: sdp }).replace(/^[^\r]*/, `SIP/2.0 ${status}`)),
];

/** Ours, and the messages of RFC 4475 where they are beside the repository. */
export function messageSeeds(): readonly string[] {
  const folder = resolve(repositoryRoot, '../shared/torture/rfc4475');
  if (!existsSync(folder)) return written;
  const torture = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'latin1'));
  return [...written, ...torture];
}
