// What happens to a call by the number it dialled: a queue, a program of the IVR bank, the application that asked for it by an
// outbound socket; and transfers from one to the other.
import type { Channel, Controller } from '../channel/channel.js';
import { splitOutside } from '../channel/dial-string.js';
import type { ProgramSettings, QueueHost } from './destinations.js';
import { InlineDialplan } from './inline-dialplan.js';
import { QueueVisit } from './queue-visit.js';
import { ToneProgram } from './tone-program.js';

/** Context of the profile whose calls go to the router. */
export const mediaContext = 'mrf';

export interface DialplanOptions {
  /** Queues and agents are `<id>@<domain>`. */
  readonly domain: string;
  /** Ids of queues. */
  readonly queues: readonly string[];
  readonly programs: readonly ProgramSettings[];
  /** The call centre; asked when a call comes to a queue. */
  readonly callCentre: () => QueueHost;
  /** From 180 to 200 of a call to a queue, in milliseconds. */
  readonly ringMs: number;
  /** Opens the outbound socket of a call that was answered. */
  readonly connect: (channel: Channel) => Controller;
}

type Extension = (channel: Channel) => Controller;

export class Dialplan {
  readonly #options: DialplanOptions;
  readonly #programCalls = new Map<string, Set<Channel>>();

  constructor(options: DialplanOptions) {
    this.#options = options;
  }

  /** A call has come in. */
  route(channel: Channel): void {
    const { destinationNumber, context } = channel.profile;
    const extension = context === mediaContext ? this.#options.connect : this.#find(destinationNumber);
    if (extension === undefined) channel.hangup('NO_ROUTE_DESTINATION');
    else if (extension === 'full') channel.hangup('NORMAL_CIRCUIT_CONGESTION');
    else channel.control(extension(channel));
  }

  /**
   * uuid_transfer and the application `transfer`: whoever had the channel lets go, and it goes elsewhere.
   * @param dialplan `inline` runs applications: `bridge:sofia/internal/sip:...,hangup`
   */
  transfer(channel: Channel, destination: string, dialplan: string, context: string): void {
    channel.control(undefined);
    channel.applications.break(true);
    channel.endAnnounced();
    const { bridge } = channel;
    bridge?.dissolve();
    bridge?.otherThan(channel).hangup('NORMAL_CLEARING');
    const { profile } = channel;
    const now = Math.floor(channel.context.wallNow() / 1000);
    profile.destinationNumber = destination;
    profile.index += 1;
    profile.times.transfer = 1_000_000 * now;
    profile.transferSource = `${now}:${channel.uuid}:bl_xfer:${destination}/${context}/${dialplan}`;
    channel.setVariable('transfer_source', profile.transferSource);
    if (channel.isHungUp) return;
    channel.setState('CS_EXECUTE');
    if (dialplan.toLowerCase() === 'inline') {
      channel.control(new InlineDialplan(channel, applicationsOf(destination)));
      return;
    }
    profile.context = context;
    this.route(channel);
  }

  #find(number: string): Extension | 'full' | undefined {
    const { queues, domain, callCentre, ringMs } = this.#options;
    if (queues.includes(number)) {
      const queue = `${number}@${domain}`;
      return (channel) => new QueueVisit(channel, { queue, callCentre: callCentre(), ringMs });
    }
    const program = this.#options.programs.find((one) => one.program === number);
    if (program === undefined) return undefined;
    const calls = this.#programCalls.get(number) ?? new Set();
    this.#programCalls.set(number, calls);
    if (calls.size >= program.ports) return 'full';
    return (channel) => new ToneProgram(channel, program, calls);
  }
}

function applicationsOf(inline: string): readonly { readonly name: string; readonly data: string }[] {
  const [, delimiter, rest] = /^m:(.):(.*)$/s.exec(inline) ?? [];
  const parts = delimiter === undefined ? splitOutside(inline, ',') : (rest ?? '').split(delimiter);
  return parts
    .map((part) => part.trim().replace(/^'(.*)'$/s, '$1'))
    .filter(Boolean)
    .map((part) => {
      const colon = part.indexOf(':');
      return colon === -1
        ? { name: part, data: '' }
        : { name: part.slice(0, colon), data: part.slice(colon + 1) };
    });
}
