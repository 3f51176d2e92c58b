// The rows of `show channels`: columns of the core database of FreeSWITCH (switch_core_sqldb.c).
import type { Channel } from '../channel/channel.js';

function stamp(time: number): string {
  return new Date(time / 1000).toISOString().slice(0, 19).replace('T', ' ');
}

export const channelColumns =
  'uuid,direction,created,created_epoch,name,state,cid_name,cid_num,ip_addr,dest,application,application_data,dialplan,context,read_codec,read_rate,read_bit_rate,write_codec,write_rate,write_bit_rate,secure,hostname,presence_id,presence_data,accountcode,callstate,callee_name,callee_num,callee_direction,call_uuid,sent_callee_name,sent_callee_num,initial_cid_name,initial_cid_num,initial_ip_addr,initial_dest,initial_dialplan,initial_context'.split(
    ',',
  );

export function channelRow(channel: Channel, hostname: string): Readonly<Record<string, string>> {
  const { profile, variables, media } = channel;
  const codec = media.remote?.law ?? '';
  const rate = codec === '' ? '' : '8000';
  const bitRate = codec === '' ? '' : '64000';
  return {
    uuid: channel.uuid,
    direction: profile.direction,
    created: stamp(profile.times.created),
    created_epoch: String(Math.floor(profile.times.created / 1_000_000)),
    name: profile.channelName,
    state: channel.runningState,
    cid_name: profile.callerName,
    cid_num: profile.callerNumber,
    ip_addr: profile.networkAddress,
    dest: profile.destinationNumber,
    application: variables.get('current_application') ?? '',
    application_data: variables.get('current_application_data') ?? '',
    dialplan: profile.dialplan,
    context: profile.context,
    read_codec: codec,
    read_rate: rate,
    read_bit_rate: bitRate,
    write_codec: codec,
    write_rate: rate,
    write_bit_rate: bitRate,
    hostname,
    callstate: channel.callState,
    callee_name: profile.calleeName,
    callee_num: profile.calleeNumber,
    call_uuid: variables.get('call_uuid') ?? channel.uuid,
    initial_cid_name: profile.callerName,
    initial_cid_num: profile.callerNumber,
    initial_ip_addr: profile.networkAddress,
    initial_dest: profile.destinationNumber,
    initial_dialplan: profile.dialplan,
    initial_context: profile.context,
  };
}
