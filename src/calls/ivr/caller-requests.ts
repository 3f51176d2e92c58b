// What a caller on an IVR port asks for within the dialog. BYE and ACK do not come here: the gateway tells of them otherwise.
import type { DialogRequest } from '../gateway.js';
import { mediaOf } from '../sdp-lines.js';
import type { HeldMedia } from './held-media.js';

const allow = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO';

/** Methods that have a specification and no meaning for a caller in an IVR. */
const notAllowed = new Set([
  'MESSAGE',
  'NOTIFY',
  'PRACK',
  'PUBLISH',
  'REFER',
  'REGISTER',
  'SUBSCRIBE',
  'UPDATE',
]);

/**
 * Answers one. A re-INVITE that moves the caller's media elsewhere gets 488: the port cannot follow, and what works stays as it is
 * (RFC 3261 14.2).
 * @param callerSdp what the caller sent last
 */
export function answerInDialog(request: DialogRequest, media: HeldMedia, callerSdp: string): void {
  switch (request.method) {
    case 'INVITE': {
      if (request.body !== '' && mediaOf(request.body) !== mediaOf(callerSdp)) {
        request.respond(488);
        return;
      }
      // Without SDP it asks us for the offer (RFC 3261 14.2): what we sent before.
      const body = request.body === '' ? media.sdp : media.answerTo(request.body);
      request.respond(200, { headers: { 'Content-Type': 'application/sdp', Allow: allow }, body });
      return;
    }
    // Keys come as RFC 4733 events at the centre; as INFO they are taken and not used, or each would count twice.
    case 'INFO':
      request.respond(200);
      return;
    case 'OPTIONS':
      request.respond(200, { headers: { Allow: allow, Accept: 'application/sdp' } });
      return;
    default:
      request.respond(notAllowed.has(request.method) ? 405 : 501, { headers: { Allow: allow } });
  }
}
