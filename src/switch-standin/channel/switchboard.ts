// Makes the channels of a centre: of calls that come in and of calls that it places.
import { errorMessage, randomUuid } from '../../kernel/index.js';
import type { ServerExchange } from '../../sip/index.js';
import { hasMedia, readMedia } from '../media/media-description.js';
import type { MediaPort } from '../media/media-ports.js';
import type { AgentDialler, EventHeader, StandInChannel } from '../switch-event.js';
import { Channel } from './channel.js';
import type { Application, ChannelOptions } from './channel.js';
import { ChannelTable } from './channel-table.js';
import { microseconds } from './channel-context.js';
import type { ChannelContext } from './channel-context.js';
import { noTimes } from './caller-profile.js';
import { parseDialString } from './dial-string.js';
import type { DialTarget } from './dial-string.js';
import { InboundLeg } from './inbound-leg.js';
import { dialogVariables, inboundProfile, inboundVariables } from './inbound-variables.js';
import { OutboundLeg } from './outbound-leg.js';
import { answeredVariables, outboundProfile, outboundVariables } from './outbound-variables.js';
import type { SofiaProfile } from './sofia-profile.js';

export interface SwitchboardOptions {
  readonly context: ChannelContext;
  readonly applications: ReadonlyMap<string, Application>;
  readonly profiles: () => readonly SofiaProfile[];
  /** Channels at once; a call above them gets 486. */
  readonly maxChannels: number;
}

export interface CallRequest {
  readonly callerNumber: string;
  readonly callerName: string;
  readonly headers: readonly EventHeader[];
  /** Variable of the new channel. */
  readonly variables?: ReadonlyMap<string, string>;
}

export interface CallEvents {
  /** The channel is there, and its INVITE is about to go out. */
  onChannel?(channel: Channel): void;
  onAnswer(channel: Channel): void;
  /** It did not come about. */
  onFailed(cause: string): void;
}

const defaultTimeoutSeconds = 60;
const nothing = { cancel: (): void => undefined };

export class Switchboard implements AgentDialler {
  readonly table = new ChannelTable();
  readonly #options: SwitchboardOptions;
  /** Calls whose port is being opened. */
  #opening = 0;

  constructor(options: SwitchboardOptions) {
    this.#options = options;
  }

  get context(): ChannelContext {
    return this.#options.context;
  }

  /** @returns the channel of a new INVITE; undefined when it was refused, or cancelled meanwhile */
  async accept(
    exchange: ServerExchange,
    profile: SofiaProfile,
    dialplanContext: string,
  ): Promise<Channel | undefined> {
    const leg = new InboundLeg(profile, exchange);
    const { body } = exchange.request;
    const isFull = this.table.size + this.#opening >= this.#options.maxChannels;
    if (isFull || (hasMedia(body) && readMedia(body) === undefined)) {
      leg.refuse(isFull ? 486 : 488);
      return undefined;
    }
    const port = await this.#openPort();
    if (port === undefined || leg.hasEnded()) {
      port?.close();
      leg.refuse(503);
      return undefined;
    }
    const uuid = randomUuid();
    const now = microseconds(this.context);
    const channel = this.#channel({
      leg,
      profile: { ...inboundProfile(profile, exchange, dialplanContext), uuid, times: noTimes(now) },
      port,
      dialogVariables: () => dialogVariables(exchange),
    });
    const about = { uuid, sessionId: this.table.nextSessionId(), now };
    for (const [name, value] of inboundVariables(profile, exchange, about)) channel.setVariable(name, value);
    leg.listen(channel);
    channel.created('CS_EXECUTE');
    return channel;
  }

  dial(
    contact: string,
    caller: StandInChannel,
    headers: readonly EventHeader[],
    events: CallEvents,
  ): { cancel(): void } {
    const { callerNumber, callerName } = caller;
    return this.call(contact, { callerNumber, callerName, headers }, events);
  }

  /** Calls a dial string: one target after the other until one answers. Nothing is told before this has returned. */
  call(dialString: string, request: CallRequest, events: CallEvents): { cancel(): void } {
    let current: { cancel(): void } = nothing;
    let isCancelled = false;
    const next = (targets: readonly DialTarget[], cause: string): void => {
      const [target, ...others] = targets;
      if (target === undefined || isCancelled) {
        events.onFailed(isCancelled ? 'ORIGINATOR_CANCEL' : cause);
        return;
      }
      current = this.#callTarget(target, request, {
        ...events,
        onAnswer: (channel) => events.onAnswer(channel),
        onFailed: (why) => next(others, why),
      });
    };
    queueMicrotask(() => next(parseDialString(dialString), 'DESTINATION_OUT_OF_ORDER'));
    return {
      cancel: () => {
        isCancelled = true;
        current.cancel();
      },
    };
  }

  #callTarget(target: DialTarget, request: CallRequest, events: CallEvents): { cancel(): void } {
    const profile = this.#options.profiles().find(({ name }) => name === target.profile);
    const leg = profile && new OutboundLeg(profile, target.uri);
    if (leg?.isReachable !== true) {
      events.onFailed(profile === undefined ? 'SUBSCRIBER_ABSENT' : 'DESTINATION_OUT_OF_ORDER');
      return nothing;
    }
    let isCancelled = false;
    let channel: Channel | undefined;
    void this.#openPort().then((port) => {
      if (port === undefined || isCancelled) {
        port?.close();
        events.onFailed(isCancelled ? 'ORIGINATOR_CANCEL' : 'SWITCH_CONGESTION');
        return;
      }
      channel = this.#place(leg, target, request, { port, events });
    });
    return {
      cancel: () => {
        isCancelled = true;
        if (channel?.isAnswered === false) channel.hangup('ORIGINATOR_CANCEL');
      },
    };
  }

  #place(
    leg: OutboundLeg,
    target: DialTarget,
    request: CallRequest,
    { port, events }: { readonly port: MediaPort; readonly events: CallEvents },
  ): Channel {
    const variables = new Map([...(request.variables ?? []), ...target.variables]);
    const parties = {
      callerNumber: variables.get('origination_caller_id_number') ?? request.callerNumber,
      callerName: variables.get('origination_caller_id_name') ?? request.callerName,
    };
    const uuid = variables.get('origination_uuid') ?? randomUuid();
    const times = noTimes(microseconds(this.context));
    const profile = { ...outboundProfile(leg, parties), uuid, times };
    const channel = this.#channel({ leg, profile, port });
    const about = { uuid, sessionId: this.table.nextSessionId(), variables };
    for (const [name, value] of outboundVariables(leg, about)) channel.setVariable(name, value);
    leg.listen(channel);
    this.#follow(channel, leg, variables, events);
    events.onChannel?.(channel);
    channel.created('CS_CONSUME_MEDIA');
    leg.send({ ...parties, headers: headersOf(variables, request.headers), sdp: channel.offer() });
    return channel;
  }

  #follow(
    channel: Channel,
    leg: OutboundLeg,
    variables: ReadonlyMap<string, string>,
    events: CallEvents,
  ): void {
    let isSettled = false;
    const seconds =
      variables.get('leg_timeout') ?? variables.get('originate_timeout') ?? variables.get('call_timeout');
    const timer = this.context.clock.after(
      1000 * (Number(seconds) || defaultTimeoutSeconds),
      'no-answer',
      () => channel.hangup('NO_ANSWER'),
    );
    channel.onProgress = (what) => {
      if (what === 'ringing' || isSettled) return;
      timer.cancel();
      if (what === 'accepted') {
        for (const [name, value] of answeredVariables(leg)) channel.setVariable(name, value);
        return;
      }
      isSettled = true;
      events.onAnswer(channel);
    };
    channel.onHangup((cause) => {
      timer.cancel();
      if (isSettled) return;
      isSettled = true;
      events.onFailed(cause);
    });
  }

  #channel(parts: Pick<ChannelOptions, 'leg' | 'profile' | 'port' | 'dialogVariables'>): Channel {
    const { context, applications } = this.#options;
    const onGone = (gone: Channel): void => this.table.delete(gone);
    const channel = new Channel({ ...parts, context, applications, onGone });
    this.table.add(channel);
    return channel;
  }

  async #openPort(): Promise<MediaPort | undefined> {
    this.#opening += 1;
    try {
      return await this.context.ports.open();
    } catch (error) {
      this.context.log.warn({ error: errorMessage(error) }, 'no port for a call of the stand-in centre');
      return undefined;
    } finally {
      this.#opening -= 1;
    }
  }
}

/** Variables `sip_h_NAME` become headers, as mod_sofia has it; those that were asked for by name win. */
function headersOf(
  variables: ReadonlyMap<string, string>,
  headers: readonly EventHeader[],
): readonly EventHeader[] {
  const asked = new Set(headers.map(([name]) => name.toLowerCase()));
  const ofVariables = [...variables]
    .filter(([name]) => /^sip_h_[!-9;-~]+$/.test(name))
    .map(([name, value]): EventHeader => [name.slice('sip_h_'.length), value])
    .filter(([name]) => !asked.has(name.toLowerCase()));
  return [...headers, ...ofVariables]
    .filter(([, value]) => value !== '')
    .map(([name, value]) => [name, value.replace(/[\r\n\0]+/g, ' ')]);
}
