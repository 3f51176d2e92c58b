// Channel variables of a call that came in, in the order in which mod_sofia sets them.
import { bareHost, parseNameAddr, parseSipUri, unescapeUri } from '../../sip/index.js';
import type { ServerExchange, SipMessage } from '../../sip/index.js';
import type { CallerProfile } from './caller-profile.js';
import type { SofiaProfile } from './sofia-profile.js';

type Variable = readonly [name: string, value: string | undefined];

/** Headers are byte strings; variables are text. */
export function textOf(bytes: string | undefined): string | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes, 'latin1').toString();
}

interface Party {
  readonly user: string;
  readonly host: string;
  readonly port: string | undefined;
  readonly display: string;
}

const nobody = 'nobody';

function partyOf(uriText: string, display = ''): Party {
  const uri = parseSipUri(uriText);
  return {
    user: textOf(unescapeUri(uri?.user ?? '')) ?? '',
    host: uri?.host ?? '',
    port: uri?.port === undefined ? undefined : String(uri.port),
    display: textOf(display) ?? '',
  };
}

function addressOf(header: string | undefined): Party {
  const address = parseNameAddr(header ?? '');
  return partyOf(address?.uri ?? '', address?.displayName);
}

function atHost({ user, host, port }: Party): string {
  return `${user}@${host}${port === undefined ? '' : `:${port}`}`;
}

function variablesOf(prefix: string, party: Party): readonly Variable[] {
  return [
    [`${prefix}_user`, party.user],
    [`${prefix}_port`, party.port],
    [`${prefix}_uri`, atHost(party)],
    [`${prefix}_host`, bareHost(party.host)],
  ];
}

function callerOf(request: SipMessage): Party {
  const from = addressOf(request.get('from'));
  return { ...from, user: from.user === '' ? nobody : from.user };
}

/** Caller profile without times. */
export function inboundProfile(
  profile: SofiaProfile,
  exchange: ServerExchange,
  context: string,
): Omit<CallerProfile, 'uuid' | 'times'> {
  const { request, flow } = exchange;
  const caller = callerOf(request);
  const number = caller.user === nobody ? '' : caller.user;
  return {
    direction: 'inbound',
    dialplan: 'XML',
    username: number,
    callerNumber: number,
    callerName: caller.display || number || 'unknown',
    calleeName: '',
    calleeNumber: '',
    networkAddress: flow.remoteAddress,
    destinationNumber: partyOf(request.requestUri).user,
    source: 'mod_sofia',
    context,
    channelName: `sofia/${profile.name}/${atHost(caller)}`,
    transferSource: '',
    index: 1,
  };
}

/** What is known when the INVITE has come. */
export function inboundVariables(
  profile: SofiaProfile,
  exchange: ServerExchange,
  about: { readonly uuid: string; readonly sessionId: number; readonly now: number },
): readonly Variable[] {
  const { request, flow } = exchange;
  const caller = callerOf(request);
  const via = request.topVia();
  const rport = via?.param('rport');
  const [ip, port] = [flow.remoteAddress, String(flow.remotePort)];
  return [
    ['direction', 'inbound'],
    ['uuid', about.uuid],
    ['session_id', String(about.sessionId)],
    ...variablesOf('sip_from', caller),
    ['video_media_flow', 'disabled'],
    ['text_media_flow', 'disabled'],
    ['channel_name', `sofia/${profile.name}/${atHost(caller)}`],
    ['sip_local_network_addr', flow.localAddress],
    ['sip_network_ip', ip],
    ['sip_network_port', port],
    ['sip_invite_stamp', String(about.now)],
    ['sip_received_ip', ip],
    ['sip_received_port', port],
    ['sip_via_protocol', flow.protocol],
    ['sip_from_user_stripped', caller.user.startsWith('+') ? caller.user.slice(1) : undefined],
    ['sofia_profile_name', profile.name],
    ['sofia_profile_url', profile.url],
    ['recovery_profile_name', profile.name],
    ...variablesOf('sip_req', partyOf(request.requestUri)),
    ...variablesOf('sip_to', addressOf(request.get('to'))),
    ...contactVariables(request),
    ['sip_user_agent', textOf(request.get('user-agent'))],
    ['sip_via_host', via === null ? undefined : bareHost(via.host)],
    ['sip_via_port', via?.port === undefined ? undefined : String(via.port)],
    ['sip_via_rport', typeof rport === 'string' ? rport : undefined],
    ['max_forwards', request.get('max-forwards')],
    ['sip_call_info', textOf(request.get('call-info'))],
    ['sip_P-Asserted-Identity', textOf(request.get('p-asserted-identity'))],
    ...headerVariables(request),
    ['switch_r_sdp', request.body],
  ];
}

/** What is set when the call is answered. */
export function dialogVariables(exchange: ServerExchange): readonly Variable[] {
  const { request, server } = exchange;
  const from = parseNameAddr(request.get('from') ?? '');
  return [
    ['sip_to_tag', server.toTag],
    ['sip_from_tag', from?.tag],
    ['sip_cseq', String(request.cseq()?.number ?? '')],
    ['sip_call_id', request.callId],
    ['sip_full_via', request.getAll('via').join(',')],
    ['sip_from_display', textOf(from?.displayName)],
    ['sip_full_from', textOf(request.get('from'))],
    ['sip_full_to', `${textOf(request.get('to')) ?? ''};tag=${server.toTag}`],
  ];
}

function contactVariables(request: SipMessage): readonly Variable[] {
  const contact = addressOf(request.get('contact'));
  return contact.host === ''
    ? []
    : variablesOf('sip_contact', { ...contact, user: contact.user === '' ? nobody : contact.user });
}

/** Unknown headers that mod_sofia shows: X-, P- and User-to-User. */
function headerVariables(request: SipMessage): readonly Variable[] {
  return request
    .headerLines()
    .filter(({ name }) => /^(x-|p-|user-to-user$)/.test(name) && name !== 'p-asserted-identity')
    .map(({ spelled, value }) => [`sip_h_${spelled}`, textOf(value)]);
}
