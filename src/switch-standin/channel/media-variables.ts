// Channel variables about the sound of a channel, as switch_core_media.c sets them.
import type { RemoteMedia } from '../media/media-description.js';
import type { MediaSession } from '../media/media-session.js';

export interface MediaVariablesHost {
  readonly media: MediaSession;
  readonly uuid: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly context: { readonly ports: { readonly address: string } };
  setVariable(name: string, value: string | undefined): void;
}

/** @param localSdp our answer; undefined when we made the offer, which was noted then */
export function setMediaVariables(host: MediaVariablesHost, remote: RemoteMedia, localSdp?: string): void {
  const { law, payloadType, keyPayloadType } = remote;
  const keys = keyPayloadType === undefined ? undefined : String(keyPayloadType);
  const { address } = host.context.ports;
  const flow = remote.direction === 'inactive' ? 'inactive' : 'sendrecv';
  const all: readonly (readonly [string, string | undefined])[] = [
    ['ep_codec_string', `CORE_PCM_MODULE.${law}@8000h@20i@64000b`],
    ['rtp_use_codec_string', 'PCMU,PCMA'],
    ['remote_video_media_flow', 'inactive'],
    ['remote_text_media_flow', 'inactive'],
    ['remote_audio_media_flow', remote.direction],
    ['audio_media_flow', flow],
    ['rtp_audio_recv_pt', String(payloadType)],
    ['rtp_use_codec_name', law],
    ['rtp_use_codec_rate', '8000'],
    ['rtp_use_codec_ptime', '20'],
    ['rtp_use_codec_channels', '1'],
    ['rtp_last_audio_codec_string', `${law}@8000h@20i@1c`],
    ['read_codec', law],
    ['original_read_codec', law],
    ['read_rate', '8000'],
    ['original_read_rate', '8000'],
    ['write_codec', law],
    ['write_rate', '8000'],
    ['dtmf_type', keys === undefined ? 'info' : 'rfc2833'],
    ['call_uuid', host.variables.get('call_uuid') ?? host.uuid],
    ['rtp_local_sdp_str', localSdp ?? host.variables.get('rtp_local_sdp_str')],
    ['local_media_ip', address],
    ['local_media_port', String(host.media.localPort)],
    ['advertised_media_ip', address],
    ['rtp_use_timer_name', 'soft'],
    ['rtp_use_pt', String(payloadType)],
    ['rtp_use_ssrc', String(host.media.ssrc)],
    ['rtp_2833_send_payload', keys],
    ['rtp_2833_recv_payload', keys],
    ['remote_media_ip', remote.address],
    ['remote_media_port', String(remote.port)],
  ];
  for (const [name, value] of all) host.setVariable(name, value);
}
