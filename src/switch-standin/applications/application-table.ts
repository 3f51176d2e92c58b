// Every application that runs on a channel of the stand-in centre, by its name.
import type { Application, Channel } from '../channel/channel.js';
import type { Switchboard } from '../channel/switchboard.js';
import { splitArguments } from './arguments.js';
import { bridgeApplication } from './bridge.js';
import { playAndGetDigits } from './play-and-get-digits.js';
import { playback, speech } from './playback.js';
import * as simple from './simple.js';

/** Sends a channel elsewhere in the dialplan. */
export type Transfer = (channel: Channel, destination: string, dialplan: string, context: string) => void;

/** `transfer`: destination [dialplan] [context]. */
function transferApplication(transfer: Transfer): Application {
  return (channel, data, done) => {
    const [destination = '', dialplan = 'XML', context = channel.profile.context] = splitArguments(data);
    done();
    transfer(channel, destination, dialplan, context);
    return undefined;
  };
}

export function applicationsOf(
  switchboard: Switchboard,
  transfer: Transfer,
): ReadonlyMap<string, Application> {
  return new Map<string, Application>([
    ['answer', simple.answer],
    ['pre_answer', simple.nothing],
    ['ring_ready', simple.ringReady],
    ['hangup', simple.hangup],
    ['playback', playback],
    ['say', speech],
    ['speak', speech],
    ['play_and_get_digits', playAndGetDigits],
    ['set', simple.set],
    ['export', simple.exportVariable],
    ['unset', simple.unset],
    ['multiset', simple.multiset],
    ['sleep', simple.sleep],
    ['park', simple.nothing],
    ['echo', simple.echo],
    ['bridge', bridgeApplication(switchboard)],
    ['transfer', transferApplication(transfer)],
    ['break', simple.breakAll],
    ['flush_dtmf', simple.flushDtmf],
    ['send_dtmf', simple.sendDtmf],
    ['start_dtmf', simple.nothing],
    ['stop_dtmf', simple.nothing],
    ['log', simple.nothing],
    ['info', simple.nothing],
  ]);
}
