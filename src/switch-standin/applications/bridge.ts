// `bridge`: calls somebody and joins the two (mod_dptools.c, audio_bridge_function; switch_channel_handle_cause).
import type { Application, Channel } from '../channel/channel.js';
import { causeNumber } from '../channel/hangup-cause.js';
import type { Switchboard } from '../channel/switchboard.js';
import { isTrue } from './arguments.js';

/** No answer is always a reason to go on. */
const harmless = new Set(['NO_ANSWER', 'NO_USER_RESPONSE', 'ORIGINATOR_CANCEL']);

function goesOn(channel: Channel, cause: string): boolean {
  const wanted = channel.variables.get('continue_on_fail');
  if (wanted === undefined) return harmless.has(cause);
  const names = wanted.toUpperCase().split(',');
  return isTrue(wanted) || names.includes(cause) || names.includes(String(causeNumber(cause)));
}

/** Those that `export_vars` names, and all `sip_h_`: mod_sofia hands them to the leg it makes (sofia_outgoing_channel). */
function exportedVariables(channel: Channel): ReadonlyMap<string, string> {
  const headers = [...channel.variables.keys()].filter((name) => name.startsWith('sip_h_'));
  const names = (channel.variables.get('export_vars') ?? '').split(',').filter(Boolean);
  return new Map([...headers, ...names].map((name) => [name, channel.variables.get(name) ?? '']));
}

export function bridgeApplication(switchboard: Switchboard): Application {
  return (channel, data, done) => {
    let joined: Channel | undefined;
    channel.keys.eat();
    const call = switchboard.call(
      data,
      {
        callerNumber: channel.variables.get('effective_caller_id_number') ?? channel.callerNumber,
        callerName: channel.variables.get('effective_caller_id_name') ?? channel.callerName,
        headers: [],
        variables: exportedVariables(channel),
      },
      {
        onAnswer: (other) => {
          if (channel.isHungUp) {
            other.hangup('ORIGINATOR_CANCEL');
            return;
          }
          joined = other;
          channel.answer();
          channel.setVariable('originate_disposition', 'SUCCESS');
          channel.setVariable('DIALSTATUS', 'SUCCESS');
          channel.bridgeTo(other, (cause) => {
            if (isTrue(channel.variables.get('hangup_after_bridge'))) channel.hangup(cause);
            done();
          });
        },
        onFailed: (cause) => {
          channel.setVariable('originate_disposition', cause);
          channel.setVariable('originate_failed_cause', cause);
          channel.setVariable('DIALSTATUS', cause);
          if (!goesOn(channel, cause)) channel.hangup(cause);
          done();
        },
      },
    );
    return {
      stop: () => {
        if (joined === undefined) call.cancel();
        else joined.hangup(channel.cause ?? 'NORMAL_CLEARING');
      },
    };
  };
}
