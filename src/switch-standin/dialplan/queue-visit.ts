// A call to a queue: it rings, is answered, waits with music for an agent, and is over when the queue has done with it.
import { TimerSet } from '../../kernel/index.js';
import type { Channel, Controller } from '../channel/channel.js';
import type { QueueHost, QueueOutcome } from './destinations.js';

export interface QueueVisitOptions {
  /** `cards-sales@default` */
  readonly queue: string;
  readonly callCentre: QueueHost;
  readonly ringMs: number;
}

/** CTI data that the agent's leg gets, as the dialplan of docker/freeswitch has it. */
const exported = [
  'sip_h_X-Decision-ID',
  'sip_h_X-Offer-ID',
  'sip_h_X-Offer-URL',
  'sip_h_X-Offer-Presented',
  'sip_h_X-Sales-Offer-ID',
  'sip_h_X-Sales-Offer-URL',
  'sip_h_X-Service-Offer-ID',
  'sip_h_X-Service-Offer-URL',
  'sip_h_X-Customer-Ref',
  'sip_h_User-to-User',
].join(',');

export class QueueVisit implements Controller {
  readonly #channel: Channel;
  readonly #options: QueueVisitOptions;
  readonly #timers: TimerSet;
  #hasLetGo = false;

  constructor(channel: Channel, options: QueueVisitOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#timers = new TimerSet(channel.context.clock);
    if (channel.isAnswered || options.ringMs <= 0) {
      queueMicrotask(() => this.#join());
      return;
    }
    channel.ring();
    this.#timers.start('answer', options.ringMs, () => this.#join());
  }

  release(): void {
    this.#hasLetGo = true;
    this.#timers.cancelAll();
    if (this.#channel.isHungUp) return;
    this.#options.callCentre.breakOut(this.#channel.uuid);
    this.#channel.setHoldMusic(false);
    this.#channel.keys.eat();
  }

  staysWhenBridged(): boolean {
    return false;
  }

  #join(): void {
    const channel = this.#channel;
    const { queue, callCentre } = this.#options;
    if (this.#hasLetGo || channel.isHungUp) return;
    channel.answer();
    if (!channel.variables.has('cc_export_vars')) channel.setVariable('cc_export_vars', exported);
    channel.announce('callcenter', queue);
    channel.showDialog();
    channel.keys.read((key) => void callCentre.digit(channel.uuid, key));
    if (!callCentre.join(queue, channel, (outcome) => this.#left(outcome))) channel.hangup('NORMAL_CLEARING');
  }

  #left(outcome: QueueOutcome): void {
    if (this.#hasLetGo || this.#channel.isHungUp) return;
    const hasTimedOut = outcome.cause === 'cancel' && outcome.reason.endsWith('TIMEOUT');
    this.#channel.hangup(hasTimedOut ? 'NORMAL_TEMPORARY_FAILURE' : 'NORMAL_CLEARING');
  }
}
