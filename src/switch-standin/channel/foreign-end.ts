// The end of a bridge that is no channel of ours: a simulated agent, who has neither SIP nor sound.
import type { StandInChannel } from '../switch-event.js';
import type { Bridge, BridgeEnd, OtherLeg } from './bridge.js';
import { noTimes } from './caller-profile.js';
import type { CallerProfile } from './caller-profile.js';

export class ForeignEnd implements BridgeEnd {
  readonly profile: CallerProfile;
  readonly media = undefined;
  readonly #channel: StandInChannel;
  #bridge: Bridge | undefined;

  constructor(channel: StandInChannel, caller: CallerProfile) {
    const headers = new Map(channel.eventHeaders());
    const number = headers.get('Caller-Destination-Number') ?? 'agent';
    this.#channel = channel;
    this.profile = {
      ...caller,
      uuid: channel.uuid,
      direction: 'outbound',
      dialplan: '',
      username: '',
      calleeName: headers.get('Caller-Callee-ID-Name') ?? 'Outbound Call',
      calleeNumber: headers.get('Caller-Callee-ID-Number') ?? number,
      destinationNumber: number,
      source: 'src/switch_ivr_originate.c',
      channelName: headers.get('Channel-Name') ?? number,
      times: noTimes(caller.times.answered),
    };
    channel.onHangup((cause) => this.#bridge?.left(this, cause));
  }

  get uuid(): string {
    return this.#channel.uuid;
  }

  setVariable(name: string, value: string | undefined): void {
    if (value === undefined) this.#channel.variables.delete(name);
    else this.#channel.variables.set(name, value);
  }

  setHoldMusic(isOn: boolean): void {
    this.#channel.setHoldMusic(isOn);
  }

  fire(): void {
    // Its events are told by whoever made it.
  }

  joined(bridge: Bridge, _other: OtherLeg): void {
    this.#bridge = bridge;
  }

  parted(): void {
    this.#bridge = undefined;
  }

  hangup(cause: string): void {
    this.#channel.hangup(cause);
  }
}
