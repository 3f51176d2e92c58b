// One channel: a call leg with its variables, its sound, its keys and what runs on it.
import { TimerSet } from '../../kernel/index.js';
import { MediaSession } from '../media/media-session.js';
import type { MediaPort } from '../media/media-ports.js';
import { frameMs } from '../media/media-ticker.js';
import { musicOnHold } from '../media/prompt.js';
import type { EventHeader, StandInChannel } from '../switch-event.js';
import { ApplicationQueue } from './application-queue.js';
import type { Running } from './application-queue.js';
import { Bridge } from './bridge.js';
import type { BridgeEnd, OnSecondGone, OtherLeg } from './bridge.js';
import type { CallerProfile } from './caller-profile.js';
import { microseconds } from './channel-context.js';
import type { ChannelContext } from './channel-context.js';
import { basicHeaders, channelHeaders } from './channel-headers.js';
import { callStateNumber } from './channel-state.js';
import type { AnswerState, CallState, ChannelState } from './channel-state.js';
import { statistics } from './end-variables.js';
import { ChannelVariables } from './channel-variables.js';
import { causeNumber } from './hangup-cause.js';
import { ForeignEnd } from './foreign-end.js';
import { KeyQueue } from './key-queue.js';
import type { Leg, LegEnd, LegListener } from './leg.js';
import { MediaNegotiation } from './media-negotiation.js';

/** An application by its name, bound to a channel when it runs there. */
export type Application = (
  channel: Channel,
  data: string,
  done: (response?: string) => void,
) => Running | undefined;

/** Whatever decides about a channel: the queue it waits in, the outbound socket, a program. */
export interface Controller {
  /** Somebody else takes over; it must let go without hanging up. */
  release(): void;
  /** The channel is joined with another by a third: whether it still is the one to decide. Default it is. */
  staysWhenBridged?(): boolean;
  /** No application runs any more. */
  onIdle?(): void;
}

export interface ChannelOptions {
  readonly context: ChannelContext;
  readonly applications: ReadonlyMap<string, Application>;
  readonly leg: Leg;
  readonly profile: CallerProfile;
  readonly port: MediaPort;
  /** What is known of the SIP dialog once it is answered: variables sip_to_tag and the like. */
  readonly dialogVariables?: () => readonly (readonly [name: string, value: string | undefined])[];
  /** Called when everything of the channel has been let go. */
  readonly onGone: (channel: Channel) => void;
}

export class Channel implements StandInChannel, BridgeEnd, LegListener {
  readonly variables = new ChannelVariables();
  readonly profile: CallerProfile;
  readonly context: ChannelContext;
  readonly media: MediaSession;
  readonly keys: KeyQueue;
  readonly applications: ApplicationQueue;
  state: ChannelState = 'CS_NEW';
  /** The state whose work is being done; a channel that hung up is in its old one until that is over. */
  runningState: ChannelState = 'CS_NEW';
  callState: CallState = 'DOWN';
  answerState: AnswerState = 'ringing';
  /** Set once it has hung up. */
  cause: string | undefined;
  otherLeg: OtherLeg | undefined;
  bridge: Bridge | undefined;
  /** Told when an outbound leg rings, and before and after it counts as answered. */
  onProgress: ((what: 'ringing' | 'accepted' | 'answered') => void) | undefined;
  readonly #options: ChannelOptions;
  readonly #leg: Leg;
  readonly #negotiation: MediaNegotiation;
  readonly #hangupListeners: ((cause: string) => void)[] = [];
  readonly #goneListeners: (() => void)[] = [];
  readonly #timers: TimerSet;
  #controller: Controller | undefined;
  #applicationsEnd: (() => void) | undefined;

  constructor(options: ChannelOptions) {
    const { context, profile, port, leg, applications } = options;
    this.#options = options;
    this.context = context;
    this.profile = profile;
    this.#leg = leg;
    this.#timers = new TimerSet(context.clock);
    this.keys = new KeyQueue((key) => this.#tellKey(key.key, key.duration));
    this.media = new MediaSession(port, context.ticker, (key) => this.keys.press(key));
    this.#negotiation = new MediaNegotiation(this, context.wallNow());
    this.keys.eat();
    this.applications = new ApplicationQueue({
      setVariable: (name, value) => this.setVariable(name, value),
      getVariable: (name) => this.variables.get(name),
      fire: (name, origin, after) => this.fire(name, origin, { after }),
      find: (name) => {
        const application = applications.get(name);
        return application && ((data, done) => application(this, data, done));
      },
      onIdle: () => this.#onIdle(),
    });
  }

  get uuid(): string {
    return this.profile.uuid;
  }

  get callerNumber(): string {
    return this.profile.callerNumber;
  }

  get callerName(): string {
    return this.profile.callerName;
  }

  get isAnswered(): boolean {
    return this.answerState === 'answered';
  }

  get isHungUp(): boolean {
    return this.cause !== undefined;
  }

  /** As FreeSWITCH does: it goes to the end of the list; without a value it is gone. */
  setVariable(name: string, value: string | undefined): void {
    this.variables.delete(name);
    if (value !== undefined && value !== '') this.variables.set(name, value);
  }

  eventHeaders(): readonly EventHeader[] {
    return channelHeaders(this);
  }

  fire(
    name: string,
    origin: string,
    own: { readonly before?: readonly EventHeader[]; readonly after?: readonly EventHeader[] } = {},
    isBasic = false,
  ): void {
    const data = isBasic ? basicHeaders(this) : channelHeaders(this);
    const headers = [...(own.before ?? []), ...data, ...(own.after ?? [])];
    this.context.events.fire({ name, subclass: undefined, origin, headers, body: '' });
  }

  /** The channel is there: it has its variables, and somebody will decide about it. */
  created(state: ChannelState): void {
    this.setState(state);
    this.fire('CHANNEL_CREATE', 'switch_core_state_machine.c:switch_core_session_run:629');
  }

  setState(state: ChannelState): void {
    if (this.isHungUp) return;
    this.state = state;
    this.runningState = state;
  }

  ring(): void {
    this.#leg.ring();
    this.onRinging();
  }

  onRinging(): void {
    if (this.callState !== 'DOWN' || this.isHungUp) return;
    this.profile.times.progress = microseconds(this.context);
    this.#setCallState('RINGING');
    this.fire('CHANNEL_PROGRESS', 'switch_channel.c:switch_channel_perform_mark_ring_ready_value:3441');
    this.onProgress?.('ringing');
  }

  /** Answers the offer of the caller; without one our own offer goes out. */
  answer(): void {
    if (this.isAnswered || this.isHungUp) return;
    const offer = this.variables.get('switch_r_sdp');
    this.#leg.answer(this.#negotiation.answerTo(offer ?? '') ?? this.offer());
    this.#markAnswered();
  }

  offer(): string {
    return this.#negotiation.offer();
  }

  onOffer(sdp: string): string | undefined {
    return sdp === '' ? this.offer() : this.#negotiation.answerTo(sdp);
  }

  onAnswer(sdp: string): void {
    if (!this.isAnswered && !this.isHungUp) this.onProgress?.('accepted');
    this.#negotiation.accept(sdp);
    if (this.isAnswered || this.isHungUp) return;
    this.#markAnswered();
    this.onProgress?.('answered');
  }

  onKey(key: string): void {
    this.keys.press({ key, duration: 2000 });
  }

  onEnded(cause: string, how: LegEnd): void {
    if (this.isHungUp) return;
    if (how.status !== undefined) {
      this.setVariable('sip_term_status', String(how.status));
      this.setVariable('proto_specific_hangup_cause', `sip:${how.status}`);
      this.setVariable('sip_term_cause', String(causeNumber(cause)));
    }
    this.setVariable('sip_hangup_disposition', how.disposition);
    this.#end(cause);
  }

  onHangup(listener: (cause: string) => void): void {
    if (this.cause !== undefined) listener(this.cause);
    else this.#hangupListeners.push(listener);
  }

  /** Called once when the last event of the channel has been fired. */
  onGone(listener: () => void): void {
    this.#goneListeners.push(listener);
  }

  hangup(cause: string): void {
    if (this.isHungUp) return;
    this.#end(cause, this.#leg.end(cause));
  }

  setHoldMusic(isOn: boolean): void {
    this.media.setBackground(isOn && !this.isHungUp ? musicOnHold() : undefined);
  }

  /** @param onSecondGone called when the other has hung up, in place of hanging up this one */
  bridgeTo(other: StandInChannel, onSecondGone?: OnSecondGone): void {
    const second = other instanceof Channel ? other : new ForeignEnd(other, this.profile);
    this.bridge?.dissolve();
    if (second instanceof Channel) second.bridge?.dissolve();
    this.bridge = new Bridge(this, second, microseconds(this.context), onSecondGone);
  }

  joined(bridge: Bridge, other: OtherLeg): void {
    this.bridge = bridge;
    this.otherLeg = other;
    if (this.state !== 'CS_EXECUTE') this.setState('CS_EXCHANGE_MEDIA');
  }

  parted(): void {
    this.bridge = undefined;
  }

  /** @param controller decides from now on; the one before lets go */
  control(controller: Controller | undefined): void {
    const before = this.#controller;
    this.#controller = this.isHungUp ? undefined : controller;
    if (before !== controller) before?.release();
    if (this.isHungUp) controller?.release();
  }

  /** A third joins it with another: whatever ran on it is over, and who only kept it waiting lets go. */
  takeForBridge(): void {
    if (this.#controller?.staysWhenBridged?.() === false) this.control(undefined);
    this.applications.break(true);
  }

  /** Sets what is known of the SIP dialog, as FreeSWITCH does a moment after the answer. */
  showDialog(): void {
    for (const [name, value] of this.#options.dialogVariables?.() ?? []) this.setVariable(name, value);
  }

  /** An application that lasts as long as its controller, such as `socket`. */
  announce(name: string, data: string): void {
    this.#applicationsEnd?.();
    this.#applicationsEnd = this.applications.announce(name, data);
  }

  /** The announced application is over, though the channel goes on. */
  endAnnounced(): void {
    this.#applicationsEnd?.();
    this.#applicationsEnd = undefined;
  }

  /** Its process is gone: nothing is said to anybody. */
  discard(): void {
    this.cause = 'SYSTEM_SHUTDOWN';
    this.control(undefined);
    this.applications.abandon();
    this.#tellHangup(this.cause);
    this.#timers.cancelAll();
    this.media.close();
    this.#options.onGone(this);
  }

  /** The loop of a parked channel turns once a frame: until then an order that comes finds the keys that wait. */
  #onIdle(): void {
    this.keys.wait();
    this.#timers.start('park', frameMs, () => {
      if (this.applications.isIdle) this.keys.eat();
    });
    this.#controller?.onIdle?.();
  }

  #markAnswered(): void {
    this.answerState = 'answered';
    this.profile.times.answered = microseconds(this.context);
    this.setVariable('endpoint_disposition', 'ANSWER');
    this.fire('CHANNEL_ANSWER', 'switch_channel.c:switch_channel_perform_mark_answered:3848');
    this.#setCallState('ACTIVE');
  }

  #tellKey(key: string, duration: number): void {
    const after = [
      ['DTMF-Digit', key],
      ['DTMF-Duration', String(duration)],
      ['DTMF-Source', 'RTP'],
    ] as const;
    this.fire('DTMF', 'switch_channel.c:switch_channel_dequeue_dtmf:678', { after }, true);
  }

  #setCallState(state: CallState): void {
    const before = [
      ['Original-Channel-Call-State', this.callState],
      ['Channel-Call-State-Number', String(callStateNumber(state))],
    ] as const;
    this.callState = state;
    this.fire(
      'CHANNEL_CALLSTATE',
      'switch_channel.c:switch_channel_perform_set_callstate:302',
      { before },
      true,
    );
  }

  /** @param disposition of an end of ours: shown once it has been carried out */
  #end(cause: string, disposition?: string): void {
    this.cause = cause;
    this.state = 'CS_HANGUP';
    this.answerState = 'hangup';
    this.profile.times.hangup = microseconds(this.context);
    this.media.stopPlaying();
    this.setHoldMusic(false);
    const { bridge } = this;
    if (bridge === undefined) this.#tellHangup(cause);
    this.applications.close();
    this.endAnnounced();
    bridge?.left(this, cause);
    if (disposition !== undefined) this.setVariable('sip_hangup_disposition', disposition);
    this.#report(cause);
    this.#tellHangup(cause);
    this.control(undefined);
    this.#timers.cancelAll();
    this.media.close();
    this.#options.onGone(this);
    for (const listener of this.#goneListeners.splice(0)) listener();
  }

  #report(cause: string): void {
    this.runningState = 'CS_HANGUP';
    this.#setCallState('HANGUP');
    const before = [['Hangup-Cause', cause]] as const;
    this.setVariable('hangup_cause', cause);
    this.setVariable('hangup_cause_q850', String(causeNumber(cause)));
    this.fire('CHANNEL_HANGUP', 'switch_channel.c:switch_channel_perform_hangup:3499', { before });
    for (const [name, value] of statistics(this)) this.setVariable(name, value);
    this.state = 'CS_REPORTING';
    this.runningState = 'CS_REPORTING';
    const origin = 'switch_core_state_machine.c:switch_core_session_reporting_state:943';
    this.fire('CHANNEL_HANGUP_COMPLETE', origin, { before });
    this.state = 'CS_DESTROY';
  }

  #tellHangup(cause: string): void {
    for (const listener of this.#hangupListeners.splice(0)) listener(cause);
  }
}
