// Requests inside a call that both kinds of leg answer alike.
import type { ServerExchange } from '../../sip/index.js';
import type { LegListener } from './leg.js';
import type { SofiaProfile } from './sofia-profile.js';

/** INVITE and UPDATE with an offer, INFO with a key, BYE; anything else is fine. */
export function answerInDialog(
  profile: SofiaProfile,
  exchange: ServerExchange,
  listener: LegListener | undefined,
): void {
  const { request } = exchange;
  switch (request.method) {
    case 'INVITE':
      answerOffer(profile, exchange, listener);
      return;
    case 'UPDATE':
      if (request.body === '') profile.respond(exchange, 200);
      else answerOffer(profile, exchange, listener);
      return;
    case 'BYE':
      profile.respond(exchange, 200);
      listener?.onEnded('NORMAL_CLEARING', { disposition: 'recv_bye', status: 200 });
      return;
    default:
      profile.respond(exchange, 200);
      if (request.method === 'INFO') {
        const key = keyOfInfo(request.get('content-type') ?? '', request.body);
        if (key !== undefined) listener?.onKey(key);
      }
  }
}

function answerOffer(
  profile: SofiaProfile,
  exchange: ServerExchange,
  listener: LegListener | undefined,
): void {
  const answer = listener?.onOffer(exchange.request.body);
  if (answer === undefined) {
    profile.respond(exchange, listener === undefined ? 481 : 488);
    return;
  }
  const response = profile.response(exchange, 200);
  response.append('content-type', 'application/sdp');
  response.body = answer;
  profile.engine.respond(exchange, response);
}

/** `application/dtmf-relay` and `application/dtmf`, as gateways send them. */
function keyOfInfo(contentType: string, body: string): string | undefined {
  if (!/^application\/dtmf/i.test(contentType)) return undefined;
  return (/^\s*Signal\s*=\s*([0-9A-D*#])/im.exec(body) ?? /^\s*([0-9A-D*#])\s*$/i.exec(body))?.[1];
}
