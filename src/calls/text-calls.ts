// Calls with real-time text (RFC 4103): told by the SDP of their INVITE.
import type { Partner } from '../config/index.js';
import { hasTextService } from '../decision/index.js';
import type { Decider } from '../decision/index.js';

/** Does an SDP offer a stream of medium text with a port, carrying T.140 (RFC 4103 10)? */
export function offersText(sdp: string): boolean {
  return sdp.includes('m=text') && /^m=text [1-9]/m.test(sdp) && /^a=rtpmap:\d+ t140\/1000/im.test(sdp);
}

/** Is a call with text to be refused with 488 (RFC 3261 21.4.26), since nobody takes text and the partner says so? */
export function isRefusedText({ medium, destinationById }: Decider, partner: Partner): boolean {
  if (medium !== 'text' || partner.textCallsWithoutQueue !== 'reject') return false;
  return !hasTextService(partner, destinationById);
}
