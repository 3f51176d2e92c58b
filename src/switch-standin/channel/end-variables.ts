// Variables of a channel that is over: when what happened, how long it took, how much sound there was (switch_channel.c,
// switch_channel_set_timestamps; switch_core_media.c, set_stats).
import type { MediaCounters } from '../media/media-session.js';
import type { CallerProfile } from './caller-profile.js';

export interface EndedChannel {
  readonly profile: CallerProfile;
  readonly media: { readonly counters: Readonly<MediaCounters> };
}

type Variable = readonly [name: string, value: string];

function stamp(time: number): string {
  return new Date(time / 1000).toISOString().slice(0, 19).replace('T', ' ');
}

function seconds(time: number): number {
  return Math.floor(time / 1_000_000);
}

export function statistics(channel: EndedChannel): readonly Variable[] {
  const { times, callerName, callerNumber } = channel.profile;
  const moments: readonly (readonly [string, number])[] = [
    ['start', times.created],
    ['profile_start', times.profileCreated],
    ['answer', times.answered],
    ['bridge', times.bridged],
    ['progress', times.progress],
    ['end', times.hangup],
  ];
  const sinceStart = (time: number): number => (time === 0 ? 0 : time - times.created);
  const spans: readonly (readonly [string, number])[] = [
    ['duration', times.hangup - times.created],
    ['billsec', times.answered === 0 ? 0 : times.hangup - times.answered],
    ['progresssec', sinceStart(times.progress)],
    ['answersec', sinceStart(times.answered)],
    ['waitsec', sinceStart(times.bridged)],
    ['flow_billsec', times.hangup - times.created],
  ];
  const unit = (name: string, of: string): string => name.replace(/sec$/, of);
  return [
    ['digits_dialed', 'none'],
    ...moments
      .filter(([, time]) => time !== 0)
      .map(([name, time]): Variable => [`${name}_stamp`, stamp(time)]),
    ...moments.flatMap(([name, time]): readonly Variable[] => [
      [`${name}_epoch`, String(seconds(time))],
      [`${name}_uepoch`, String(time)],
    ]),
    ['caller_id', `"${callerName}" <${callerNumber}>`],
    ...spans.map(([name, span]): Variable => [name, String(seconds(span))]),
    ...spans.map(([name, span]): Variable => [
      name === 'duration' ? 'mduration' : unit(name, 'msec'),
      String(Math.floor(span / 1000)),
    ]),
    ...spans.map(([name, span]): Variable => [
      name === 'duration' ? 'uduration' : unit(name, 'usec'),
      String(span),
    ]),
    ...mediaStatistics(channel),
  ];
}

/** What `uuid_set_media_stats` sets while the call lasts. */
export function mediaStatistics({ media }: Pick<EndedChannel, 'media'>): readonly Variable[] {
  const { packetsIn, bytesIn, keyPacketsIn, packetsOut, bytesOut } = media.counters;
  return [
    ['rtp_audio_in_raw_bytes', String(bytesIn)],
    ['rtp_audio_in_media_bytes', String(bytesIn)],
    ['rtp_audio_in_packet_count', String(packetsIn)],
    ['rtp_audio_in_media_packet_count', String(packetsIn - keyPacketsIn)],
    ['rtp_audio_in_dtmf_packet_count', String(keyPacketsIn)],
    ['rtp_audio_out_raw_bytes', String(bytesOut)],
    ['rtp_audio_out_media_bytes', String(bytesOut)],
    ['rtp_audio_out_packet_count', String(packetsOut)],
    ['rtp_audio_out_media_packet_count', String(packetsOut)],
  ];
}
