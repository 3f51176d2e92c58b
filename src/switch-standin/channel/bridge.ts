// Two channels that talk: their sound is relayed, and one goes with the other.
import type { MediaSession } from '../media/media-session.js';
import type { EventHeader } from '../switch-event.js';
import type { CallerProfile } from './caller-profile.js';

const joined = 'switch_ivr_bridge.c:switch_ivr_multi_threaded_bridge:1689';
const parted = 'switch_ivr_bridge.c:switch_ivr_multi_threaded_bridge:1879';

/** What events tell about the other channel of a bridge. */
export interface OtherLeg {
  readonly type: 'originator' | 'originatee';
  readonly profile: CallerProfile;
}

/** A channel, as a bridge needs it. */
export interface BridgeEnd {
  readonly uuid: string;
  readonly profile: CallerProfile;
  /** Undefined when it has no sound. */
  readonly media: MediaSession | undefined;
  setVariable(name: string, value: string | undefined): void;
  setHoldMusic(isOn: boolean): void;
  fire(
    name: string,
    origin: string,
    own: { readonly before?: readonly EventHeader[]; readonly after?: readonly EventHeader[] },
  ): void;
  joined(bridge: Bridge, other: OtherLeg): void;
  parted(): void;
  hangup(cause: string): void;
}

/** Called when the second has hung up, in place of hanging up the first. */
export type OnSecondGone = (cause: string) => void;

export class Bridge {
  readonly first: BridgeEnd;
  readonly second: BridgeEnd;
  readonly #onSecondGone: OnSecondGone | undefined;
  #isOpen = true;

  /**
   * @param first the one that had the second called; its events tell of the bridge
   * @param now microseconds since the Unix epoch
   */
  constructor(first: BridgeEnd, second: BridgeEnd, now: number, onSecondGone?: OnSecondGone) {
    this.first = first;
    this.second = second;
    this.#onSecondGone = onSecondGone;
    this.#join(first, second, now);
    this.#join(second, first, now);
    second.setVariable('call_uuid', first.uuid);
    first.profile.calleeName = second.profile.calleeName;
    first.profile.calleeNumber = second.profile.calleeNumber;
    first.joined(this, { type: 'originatee', profile: second.profile });
    second.joined(this, { type: 'originator', profile: first.profile });
    first.fire('CHANNEL_BRIDGE', joined, { before: this.#ids() });
  }

  otherThan(channel: BridgeEnd): BridgeEnd {
    return channel === this.first ? this.second : this.first;
  }

  /** One has hung up, for that reason: the other goes too, unless it has better to do. */
  left(gone: BridgeEnd, cause: string): void {
    if (!this.#part()) return;
    const other = this.otherThan(gone);
    const stays = gone === this.second && this.#onSecondGone !== undefined;
    gone.setVariable('last_bridge_hangup_cause', cause);
    other.setVariable('bridge_hangup_cause', cause);
    if (!stays) other.hangup(cause);
    this.#tellParted();
    if (stays) this.#onSecondGone(cause);
  }

  /** Both go on by themselves. */
  dissolve(): void {
    if (this.#part()) this.#tellParted();
  }

  #join(one: BridgeEnd, other: BridgeEnd, now: number): void {
    one.profile.times.bridged = now;
    one.setVariable('bridge_channel', other.profile.channelName);
    one.setVariable('bridge_uuid', other.uuid);
    one.setVariable('signal_bond', other.uuid);
    one.media?.stopPlaying();
    one.setHoldMusic(false);
    one.media?.relayTo(other.media);
  }

  #part(): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    for (const one of [this.first, this.second]) {
      one.media?.relayTo(undefined);
      one.parted();
    }
    this.first.setVariable('last_bridge_to', this.second.uuid);
    this.second.setVariable('last_bridge_to', this.first.uuid);
    return true;
  }

  #tellParted(): void {
    this.first.fire('CHANNEL_UNBRIDGE', parted, { before: this.#ids() });
  }

  #ids(): readonly EventHeader[] {
    return [
      ['Bridge-A-Unique-ID', this.first.uuid],
      ['Bridge-B-Unique-ID', this.second.uuid],
    ];
  }
}
