// Agents without phones: they answer, refuse, let it ring, talk, hang up and go on break, on a schedule that a seed decides.
import { TimerSet, randomUuid } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { AgentDialler, EventHeader, StandInChannel } from '../switch-event.js';
import { Random } from './random.js';

/** How the agents of a profile behave. */
export interface AgentProfile {
  /** Time from ringing to the answer or refusal, drawn evenly between both, in milliseconds. */
  readonly answerMs: readonly [from: number, to: number];
  /** Share of calls that are refused, 0 to 1. Default 0. */
  readonly refuseShare?: number;
  /** Share of calls that ring until somebody gives up, 0 to 1. Default 0. */
  readonly noAnswerShare?: number;
  /** Talks are exponentially distributed around it; the agent hangs up. */
  readonly meanTalkMs: number;
  /** Mean time between breaks, exponentially distributed; no breaks by default. */
  readonly breakEveryMs?: number;
  /** Length of a break. Default 0, which is no break. */
  readonly breakMs?: number;
}

export interface SimulatedAgentsOptions {
  readonly clock: Clock;
  readonly seed: number;
  /** By the word after `simulated/`. */
  readonly profiles: Readonly<Record<string, AgentProfile>>;
  /** Takes the contacts that are not simulated. */
  readonly dialler: AgentDialler;
}

/** What breaks are taken through: the call centre. */
export interface BreakTaker {
  setAgentStatus(name: string, status: 'Available' | 'On Break'): void;
}

const contactForm = /^(?:\[[^\]]*\]|\{[^}]*\})*simulated\/([^/@,;]+)/;

/** The profile that a contact such as `[leg_timeout=10]simulated/quick` names. */
export function profileOf(contact: string): string | undefined {
  return contactForm.exec(contact)?.[1];
}

/** A phone's channel that is nowhere: no SIP, no media. */
class SimulatedChannel implements StandInChannel {
  readonly uuid = randomUuid();
  readonly variables = new Map<string, string>();
  readonly isAnswered = true;
  readonly callerNumber: string;
  readonly callerName: string;
  readonly #contact: string;
  readonly #listeners: ((cause: string) => void)[] = [];
  #cause: string | undefined;

  constructor(contact: string, caller: StandInChannel) {
    this.#contact = contact;
    this.callerNumber = caller.callerNumber;
    this.callerName = caller.callerName;
  }

  eventHeaders(): readonly EventHeader[] {
    const hangup: readonly EventHeader[] = this.#cause === undefined ? [] : [['Hangup-Cause', this.#cause]];
    return [
      ['Channel-Name', this.#contact],
      ['Unique-ID', this.uuid],
      ['Call-Direction', 'outbound'],
      ['Answer-State', this.#cause === undefined ? 'answered' : 'hangup'],
      ...hangup,
      ['Caller-Caller-ID-Name', this.callerName],
      ['Caller-Caller-ID-Number', this.callerNumber],
      ...[...this.variables].map(([name, value]) => [`variable_${name}`, value] as const),
    ];
  }

  onHangup(listener: (cause: string) => void): void {
    this.#listeners.push(listener);
  }

  hangup(cause: string): void {
    if (this.#cause !== undefined) return;
    this.#cause = cause;
    for (const listener of this.#listeners) listener(cause);
  }

  setHoldMusic(): void {
    // Nobody listens.
  }

  bridgeTo(other: StandInChannel): void {
    other.onHangup((cause) => this.hangup(cause));
    this.onHangup((cause) => other.hangup(cause));
  }
}

/** Answers for contacts `simulated/PROFILE`. */
export class SimulatedAgents implements AgentDialler {
  readonly #options: SimulatedAgentsOptions;
  readonly #random: Random;
  readonly #timers: TimerSet;
  #count = 0;

  constructor(options: SimulatedAgentsOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#timers = new TimerSet(options.clock);
  }

  dial(...call: Parameters<AgentDialler['dial']>): { cancel(): void } {
    const [contact, caller, , events] = call;
    const name = profileOf(contact);
    if (name === undefined) return this.#options.dialler.dial(...call);
    const timer = `phone ${this.#count++}`;
    const profile = this.#options.profiles[name];
    if (profile === undefined) {
      this.#timers.start(timer, 0, () => events.onFailed('USER_NOT_REGISTERED'));
      return { cancel: () => this.#timers.cancel(timer) };
    }
    // Drawn in any case and at once, so that what one agent does changes nothing for the others.
    const [outcome, wait] = [this.#random.next(), this.#random.next()];
    const talkMs = this.#random.exponential(profile.meanTalkMs);
    const { refuseShare = 0, noAnswerShare = 0 } = profile;
    if (outcome >= refuseShare && outcome < refuseShare + noAnswerShare) return { cancel: () => undefined };
    const [from, to] = profile.answerMs;
    this.#timers.start(timer, from + wait * (to - from), () => {
      if (outcome < refuseShare) events.onFailed('CALL_REJECTED');
      else this.#talk(new SimulatedChannel(contact, caller), talkMs, events);
    });
    return { cancel: () => this.#timers.cancel(timer) };
  }

  /** Agents of a profile with breaks begin to take them, and come back available. */
  takeBreaks(
    agents: readonly { readonly name: string; readonly contact: string }[],
    centre: BreakTaker,
  ): void {
    for (const { name, contact } of agents) {
      const profile = this.#options.profiles[profileOf(contact) ?? ''];
      if (profile?.breakEveryMs === undefined || (profile.breakMs ?? 0) === 0) continue;
      this.#work(name, profile, centre);
    }
  }

  /** Nobody answers, hangs up or goes on break any more. */
  stop(): void {
    this.#timers.cancelAll();
  }

  #talk(channel: SimulatedChannel, ms: number, events: { onAnswer(channel: StandInChannel): void }): void {
    const timer = `talk ${this.#count++}`;
    channel.onHangup(() => this.#timers.cancel(timer));
    this.#timers.start(timer, ms, () => channel.hangup('NORMAL_CLEARING'));
    events.onAnswer(channel);
  }

  #work(name: string, profile: AgentProfile, centre: BreakTaker): void {
    const timer = `break of ${name}`;
    this.#timers.start(timer, this.#random.exponential(profile.breakEveryMs ?? 0), () => {
      centre.setAgentStatus(name, 'On Break');
      this.#timers.start(timer, profile.breakMs ?? 0, () => {
        centre.setAgentStatus(name, 'Available');
        this.#work(name, profile, centre);
      });
    });
  }
}
