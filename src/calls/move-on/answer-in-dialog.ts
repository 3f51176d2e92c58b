// Requests of the caller within its dialog while its media is on an IVR port.
import type { DialogRequest } from '../gateway.js';
import { directionOf, mediaOf } from './sdp-lines.js';

/** Carry nothing that matters here: keys come as RFC 4733, and a NOTIFY of an old subscription is nobody's. */
const taken = new Set(['INFO', 'NOTIFY', 'OPTIONS', 'MESSAGE']);

/** The direction that answers an offered one (RFC 3264 6.1). */
const answers: Readonly<Record<string, string>> = {
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  inactive: 'inactive',
};

/**
 * Answers one. A re-INVITE or UPDATE that holds, resumes or refreshes gets the SDP of the port with the direction that answers; one
 * that moves the caller's media gets 488, and what works stays as it is (RFC 3261 14.2).
 * @param callerSdp what the caller sent last
 * @param localSdp what it was given
 */
export function answerInDialog(request: DialogRequest, callerSdp: string, localSdp: string): void {
  const { method, body } = request;
  if (method === 'INVITE' || (method === 'UPDATE' && body !== '')) {
    if (body !== '' && mediaOf(body) !== mediaOf(callerSdp)) request.respond(488);
    else
      request.respond(200, {
        headers: { 'Content-Type': 'application/sdp' },
        body: answerTo(body, localSdp),
      });
  } else if (method === 'UPDATE' || taken.has(method)) {
    request.respond(200);
  } else {
    request.respond(method === 'REFER' ? 603 : 501);
  }
}

function answerTo(offer: string, localSdp: string): string {
  const direction = answers[directionOf(offer)];
  if (direction === undefined) return localSdp;
  const lines = localSdp
    .split('\r\n')
    .filter((line) => !/^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line));
  const end = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  lines.splice(end, 0, `a=${direction}`);
  return lines.join('\r\n');
}
