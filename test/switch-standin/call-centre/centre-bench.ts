// A stand-in call centre on a clock that moves when told to, and what it fired.
import { silentLogger } from '../../../src/kernel/index.js';
import { CallCentre, EventStamp } from '../../../src/switch-standin/index.js';
import type {
  AgentDialler,
  AgentSettings,
  CallCentreSettings,
  MemberOutcome,
  QueueSettings,
  StampedEvent,
} from '../../../src/switch-standin/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeChannel, FakeDialler } from './fake-channel.js';

export const contactOf = (name: string): string => `[leg_timeout=10]sofia/internal/${name}@127.0.0.1:5095`;

/** The settings of the FreeSWITCH that the transcripts were taken from. */
export const capturedSettings: CallCentreSettings = {
  queues: [
    {
      name: 'service@default',
      mohSound: 'tone_stream://%(200,1000,400)',
      maxWaitSeconds: 60,
      tierRuleNoAgentNoWait: true,
    },
    {
      name: 'cards-sales@default',
      mohSound: 'tone_stream://%(200,1000,400)',
      timeBaseScore: 'system',
      tierRulesApply: true,
      tierRuleWaitSeconds: 5,
      tierRuleWaitMultiplyLevel: true,
      maxWaitSeconds: 60,
      maxWaitWithNoAgentSeconds: 10,
    },
  ],
  agents: ['1001', '1002'].map((name) => ({
    name: `${name}@default`,
    contact: contactOf(`agent${name}`),
    status: name === '1001' ? 'Available' : 'On Break',
    maxNoAnswer: 3,
    wrapUpSeconds: 5,
    rejectDelaySeconds: 5,
    busyDelaySeconds: 5,
  })),
  tiers: [
    { queue: 'cards-sales@default', agent: '1001@default' },
    { queue: 'service@default', agent: '1001@default', level: 2 },
    { queue: 'service@default', agent: '1002@default' },
  ],
};

export interface Caller {
  readonly channel: FakeChannel;
  readonly outcomes: MemberOutcome[];
}

export class CentreBench {
  readonly clock: FakeClock;
  readonly stamp: EventStamp;
  readonly events: StampedEvent[] = [];
  readonly phones = new FakeDialler();
  readonly centre: CallCentre;
  settings: CallCentreSettings;

  constructor(
    settings: CallCentreSettings = capturedSettings,
    options: { readonly dialler?: AgentDialler; readonly wallStart?: number; readonly seed?: number } = {},
  ) {
    this.settings = settings;
    this.clock = new FakeClock(options.wallStart);
    this.stamp = new EventStamp({ clock: this.clock, hostname: 'vm' });
    this.centre = new CallCentre({
      clock: this.clock,
      log: silentLogger,
      stamp: this.stamp,
      sink: { fire: (event) => this.events.push(this.stamp.stamp(event)) },
      dialler: options.dialler ?? this.phones,
      settings: () => this.settings,
      seed: options.seed ?? 1,
    });
    this.events.length = 0;
  }

  /** A caller comes to a queue. */
  call(queue: string, number = '+15550001234', variables: Readonly<Record<string, string>> = {}): Caller {
    const channel = new FakeChannel(number);
    for (const [name, value] of Object.entries(variables)) channel.variables.set(name, value);
    const outcomes: MemberOutcome[] = [];
    this.centre.join(queue, channel, (outcome) => outcomes.push(outcome));
    return { channel, outcomes };
  }

  config(args: string): string {
    return this.centre.run('callcenter_config', args) ?? '';
  }

  /** One column of `agent list`. */
  agent(name: string, column: string): string {
    const [head = '', row = ''] = this.config(`agent list ${name}`).split('\n');
    return row.split('|')[head.split('|').indexOf(column)] ?? '';
  }

  /** `CC-Action` of what was fired, with agent and state where there is one. */
  get story(): readonly string[] {
    return this.events.map((event) =>
      ['CC-Action', 'CC-Agent', 'CC-Agent-State', 'CC-Agent-Status', 'CC-Hangup-Cause', 'CC-Cancel-Reason']
        .map((name) => event.get(name))
        .filter((value) => value !== undefined)
        .join(' '),
    );
  }
}

/** One queue with agents of one level, all with the same contact form. */
export function oneQueue(
  queue: Partial<QueueSettings>,
  agents: readonly (AgentSettings & { readonly level?: number; readonly position?: number })[],
): CallCentreSettings {
  return {
    queues: [{ name: 'q', ...queue }],
    agents: agents.map(({ level: _level, position: _position, ...agent }) => ({
      contact: contactOf(agent.name),
      status: 'Available',
      ...agent,
    })),
    tiers: agents.map(({ name, level = 1, position = 1 }) => ({ queue: 'q', agent: name, level, position })),
  };
}
