// A CentreModel beside the FakeCallcenter that it hears of.
import { FrameReader } from '../../../src/freeswitch/event-socket/frame-reader.js';
import { CentreModel } from '../../../src/freeswitch/feed/centre-model.js';
import type { CentreModelOptions, Hearing, WatchedQueue } from '../../../src/freeswitch/feed/centre-model.js';
import { CentreNames } from '../../../src/freeswitch/feed/centre-names.js';
import { CentreTime } from '../../../src/freeswitch/feed/centre-time.js';
import { SnapshotReader } from '../../../src/freeswitch/feed/snapshot-reader.js';
import type { SnapshotResult } from '../../../src/freeswitch/feed/snapshot-reader.js';
import type { CentreCallEvent, CentreReading } from '../../../src/callcenter/index.js';
import { eventFrame, FakeCallcenter } from '../../support/fake-callcenter.js';
import { FakeClock } from '../../support/fake-clock.js';

export const sales: WatchedQueue = { queue: 'sales', serviceLevelSeconds: 20 };
export const service: WatchedQueue = { queue: 'service', serviceLevelSeconds: 20 };

type Limits = Pick<CentreModelOptions, 'maxAgents' | 'maxMembers'>;

export class ModelStage {
  readonly clock = new FakeClock();
  readonly callcenter = new FakeCallcenter();
  readonly time = new CentreTime(this.clock);
  readonly model: CentreModel;
  readonly #queues: readonly string[];

  constructor(queues: readonly WatchedQueue[] = [sales, service], limits: Limits = {}) {
    this.#queues = queues.map((one) => one.queue);
    this.callcenter.epoch = () => Math.floor(this.clock.wallNow() / 1000);
    const options = { centre: 'east', domain: 'default', clock: this.clock, time: this.time, ...limits };
    this.model = new CentreModel(options);
    this.model.watch(queues);
  }

  /** Learns the clock of the centre as exactly as whole seconds allow. */
  learnTime(): void {
    for (let i = 0; i < 30; i++) {
      this.time.learn(this.callcenter.epoch(), this.clock.wallNow());
      this.clock.advance(97);
    }
  }

  /** Hears bytes as they come from an event socket. */
  hear(bytes: string | Buffer): readonly Hearing[] {
    const hearings: Hearing[] = [];
    const fault = new FrameReader().push(Buffer.from(bytes), (frame) => {
      if (frame.kind === 'event') hearings.push(this.model.hear(frame.headers));
    });
    if (fault !== undefined) throw new Error(fault);
    return hearings;
  }

  event(action: string, fields: Readonly<Record<string, string>>): Hearing | undefined {
    return this.hear(eventFrame(this.callcenter.event(action, fields)))[0];
  }

  /** Reads the tables; `meanwhile` is called before the answer to each command. */
  snapshot(meanwhile: (command: string) => void = () => undefined): SnapshotResult {
    let result: SnapshotResult = { kind: 'lost' };
    const answers: (() => void)[] = [];
    const options = {
      send: (command: string, onReply: (reply: { kind: 'ok' | 'refused'; text: string }) => void) => {
        answers.push(() => {
          const text = this.callcenter.answer(command.replace(/^api /, ''));
          meanwhile(command);
          onReply({ kind: text.startsWith('-ERR') ? 'refused' : 'ok', text });
        });
      },
      model: this.model,
      names: new CentreNames('default'),
      time: this.time,
      queues: this.#queues,
      programs: ['promo', 'drachtio'],
    };
    new SnapshotReader(options, (read) => (result = read));
    for (let next = answers.shift(); next !== undefined; next = answers.shift()) next();
    return result;
  }

  reconcile(meanwhile?: (command: string) => void): CentreReading {
    const result = this.snapshot(meanwhile);
    if (result.kind !== 'read') throw new Error(result.kind);
    this.model.apply(result.snapshot);
    return this.reading();
  }

  reading(): CentreReading {
    return this.model.reading(this.clock.now());
  }

  calls(): readonly CentreCallEvent[] {
    return this.model.takeCallEvents();
  }
}

/** Two agents in `sales`, one of them also in `service`. */
export function staffedStage(limits: Limits = {}): ModelStage {
  const stage = new ModelStage([sales, service], limits);
  const { callcenter } = stage;
  callcenter.queues = [{ name: 'sales@default' }, { name: 'service@default' }];
  callcenter.agents = [
    { name: '1001@default', status: 'Available', state: 'Waiting' },
    { name: '1002@default', status: 'On Break', state: 'Waiting' },
  ];
  callcenter.tiers = [
    { queue: 'sales@default', agent: '1001@default', level: 2 },
    { queue: 'sales@default', agent: '1002@default' },
    { queue: 'service@default', agent: '1001@default' },
  ];
  stage.learnTime();
  stage.reconcile();
  return stage;
}

/** Fields of an event of a member. */
export function memberFields(
  member: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    'CC-Queue': 'sales@default',
    'CC-Member-UUID': member,
    'CC-Member-Session-UUID': `session-${member}`,
    'CC-Member-CID-Name': 'Pat Doe',
    ...more,
  };
}
