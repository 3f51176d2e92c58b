// Channel variables of a call that we place, in the order in which mod_sofia sets them.
import { parseNameAddr, parseSipUri } from '../../sip/index.js';
import type { CallerProfile } from './caller-profile.js';
import { textOf } from './inbound-variables.js';
import type { OutboundLeg } from './outbound-leg.js';

type Variable = readonly [name: string, value: string | undefined];

export interface OutboundParties {
  readonly callerNumber: string;
  readonly callerName: string;
}

function address(uri: string): string {
  return uri.replace(/^sips?:/i, '').replace(/[;?].*$/, '');
}

/** Caller profile without times. */
export function outboundProfile(
  leg: OutboundLeg,
  { callerNumber, callerName }: OutboundParties,
): Omit<CallerProfile, 'uuid' | 'times'> {
  const uri = parseSipUri(leg.uri);
  const user = textOf(uri?.user) ?? uri?.host ?? '';
  return {
    direction: 'outbound',
    dialplan: '',
    username: '',
    callerNumber,
    callerName,
    calleeName: 'Outbound Call',
    calleeNumber: user,
    networkAddress: uri?.host ?? '',
    destinationNumber: user,
    source: 'src/switch_ivr_originate.c',
    context: 'default',
    channelName: `sofia/${leg.profile.name}/${address(leg.uri)}`,
    transferSource: '',
    index: 1,
  };
}

export function outboundVariables(
  leg: OutboundLeg,
  about: {
    readonly uuid: string;
    readonly sessionId: number;
    readonly variables: ReadonlyMap<string, string>;
  },
): readonly Variable[] {
  const { profile } = leg;
  return [
    ['direction', 'outbound'],
    ['is_outbound', 'true'],
    ['uuid', about.uuid],
    ['call_uuid', about.uuid],
    ['session_id', String(about.sessionId)],
    ['sip_profile_name', profile.name],
    ['video_media_flow', 'disabled'],
    ['text_media_flow', 'disabled'],
    ['channel_name', `sofia/${profile.name}/${address(leg.uri)}`],
    ['sip_destination_url', leg.uri],
    ...about.variables,
    ['originate_early_media', 'false'],
    ['originate_endpoint', 'sofia'],
    ['audio_media_flow', 'sendrecv'],
    ['sip_outgoing_contact_uri', `<${profile.url}>`],
    ['sip_req_uri', address(leg.uri)],
    ['sofia_profile_name', profile.name],
    ['recovery_profile_name', profile.name],
    ['sofia_profile_url', profile.url],
  ];
}

/** What is set when the other side has answered. */
export function answeredVariables(leg: OutboundLeg): readonly Variable[] {
  const { request, response } = leg;
  const from = parseNameAddr(request?.get('from') ?? '');
  const to = parseNameAddr(response?.get('to') ?? '');
  const fromUri = parseSipUri(from?.uri ?? '');
  const toUri = parseSipUri(to?.uri ?? '');
  return [
    ['sip_full_via', request?.get('via')],
    ['sip_from_display', textOf(from?.displayName)],
    ['sip_full_from', textOf(request?.get('from'))],
    ['sip_full_to', textOf(response?.get('to'))],
    ['sip_from_user', textOf(fromUri?.user)],
    ['sip_from_uri', address(from?.uri ?? '')],
    ['sip_from_host', fromUri?.host],
    ['sip_to_user', textOf(toUri?.user)],
    ['sip_to_port', toUri?.port === undefined ? undefined : String(toUri.port)],
    ['sip_to_uri', address(to?.uri ?? '')],
    ['sip_to_host', toUri?.host],
    ['sip_user_agent', textOf(response?.get('user-agent') ?? response?.get('server'))],
    ['sip_to_tag', to?.tag],
    ['sip_from_tag', from?.tag],
    ['sip_cseq', String(request?.cseq()?.number ?? '')],
    ['sip_call_id', request?.callId],
  ];
}
