// Feeds over real TCP against an event socket that does what it is told; time is a FakeClock's.
import t from 'tap';
import type { Test } from 'tap';
import type { CentreCallEvent, CentreReading, FeedStatus } from '../../../src/callcenter/index.js';
import type { Centre } from '../../../src/config/index.js';
import { CentreFeeds } from '../../../src/freeswitch/index.js';
import type { WatchedCentre } from '../../../src/freeswitch/index.js';
import { silentLogger } from '../../../src/kernel/index.js';
import { eventFrame, FakeCallcenter } from '../../support/fake-callcenter.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeEventSocket } from '../../support/fake-event-socket.js';
import { freePort } from '../../support/free-port.js';
import { memberFields } from './model-support.js';

/** A feed of one centre and all that it told. */
class Stage {
  readonly clock = new FakeClock();
  readonly callcenter = new FakeCallcenter();
  readonly socket = new FakeEventSocket(this.callcenter);
  readonly readings: CentreReading[] = [];
  readonly calls: CentreCallEvent[] = [];
  readonly statuses: FeedStatus[] = [];
  /** Kinds of what was told, in order. */
  readonly order: string[] = [];
  readonly feeds: CentreFeeds;
  port = 0;
  isDeaf = false;

  constructor(t: Test, password = 'ClueCon') {
    this.callcenter.queues = [{ name: 'sales@default' }];
    this.callcenter.agents = [{ name: '1001@default', status: 'Available', state: 'Waiting' }];
    this.callcenter.tiers = [{ queue: 'sales@default', agent: '1001@default' }];
    this.callcenter.epoch = () => Math.floor(this.clock.wallNow() / 1000);
    this.feeds = new CentreFeeds([], {
      password,
      clock: this.clock,
      log: silentLogger,
      random: () => 0,
      listener: {
        onReading: (reading) => {
          this.order.push('reading');
          this.readings.push(reading);
          if (this.isDeaf) throw new Error('deaf');
        },
        onCallEvent: (call) => {
          this.order.push(call.kind);
          this.calls.push(call);
        },
        onStatus: (status) => this.statuses.push(status),
      },
    });
    t.teardown(async () => {
      this.feeds.stop();
      await this.socket.close();
    });
  }

  async start(port?: number): Promise<void> {
    this.port = port ?? (await this.socket.listen());
    this.feeds.start();
    this.feeds.watch([this.watched()]);
  }

  watched(change: Partial<Centre['eventSocket']> = {}, queues: readonly string[] = ['sales']): WatchedCentre {
    const eventSocket = {
      host: '127.0.0.1',
      port: this.port,
      domain: 'default',
      reconcileIntervalMs: 15_000,
      staleAfterMs: 6000,
      mediaProfile: 'drachtio_mrf',
      queueContext: 'router',
      ...change,
    };
    const queue = { queue: 'sales', serviceLevelSeconds: 20 };
    const centre = {
      centre: 'east',
      host: '127.0.0.1',
      eventSocket,
      queues: [queue],
      ivrPools: [{ program: 'promo' }],
    };
    return { centre: centre as unknown as Centre, queues };
  }

  get status(): FeedStatus {
    const [feed] = this.feeds.feeds;
    if (feed === undefined) throw new Error('no feed');
    return feed.status;
  }

  /** Lets bytes travel until `isSo`; time stands still. */
  async until(isSo: () => boolean, what = 'what was awaited'): Promise<void> {
    const end = Date.now() + 30_000;
    while (!isSo()) {
      if (Date.now() > end) throw new Error(`${what} did not come; ${JSON.stringify(this.status)}`);
      await new Promise(setImmediate);
    }
  }

  async live(): Promise<void> {
    await this.until(() => this.status.state === 'live' && this.readings.length > 0, 'live');
  }

  async state(state: FeedStatus['state']): Promise<FeedStatus> {
    await this.until(() => this.status.state === state, state);
    return this.status;
  }

  /** Steps of time with the answers that come in them, until `isSo`. */
  async pass(ms: number, isSo: () => boolean): Promise<void> {
    for (let i = 0; i < 100 && !isSo(); i++) {
      this.clock.advance(ms);
      for (let turn = 0; turn < 40; turn++) await new Promise(setImmediate);
    }
    if (!isSo()) throw new Error(`time passed for nothing; ${JSON.stringify(this.status)}`);
  }
}

t.test(
  'connects, subscribes to no more than it needs, reads the tables and follows the events',
  async (t) => {
    const stage = new Stage(t);
    await stage.start();
    await stage.live();
    t.strictSame(stage.socket.commands, [
      'auth ClueCon',
      'event plain HEARTBEAT CUSTOM callcenter::info',
      'api strepoch',
      'api global_getvar core_uuid',
      'api callcenter_config agent list',
      'api callcenter_config tier list',
      'api callcenter_config queue list',
      'api callcenter_config queue list members sales@default',
      'api show channels count',
      'api show channels as json',
    ]);
    t.match(stage.readings.at(-1), { centre: 'east', readAt: stage.clock.now(), missingQueues: [] });
    t.strictSame(stage.readings.at(-1)?.queues.get('sales')?.freeAgents, ['1001']);
    t.strictSame(
      [...(stage.readings.at(-1)?.portsInUse ?? [])],
      [
        ['promo', 0],
        ['drachtio', 0],
      ],
    );
    stage.order.length = 0;
    const fields = memberFields('m1', { 'CC-Agent': '1001@default', 'CC-Agent-State': 'Receiving' });
    stage.socket.sendEvent('member-queue-start', fields);
    await stage.until(() => stage.calls.length === 1);
    stage.socket.sendEvent('agent-state-change', fields);
    stage.socket.sendEvent('agent-offering', fields);
    await stage.until(() => stage.calls.length === 2);
    t.strictSame(stage.order.slice(0, 2), ['reading', 'member-joined'], 'the reading comes first');
    t.equal(stage.order.at(-1), 'agent-offered');
    t.match(stage.readings.at(-1)?.queues.get('sales'), { membersWaiting: 1, freeAgents: [] });
    t.match(stage.status, {
      state: 'live',
      reason: undefined,
      ageMs: 0,
      reconnects: 0,
      events: 3,
      malformed: 0,
    });
    t.equal(stage.clock.running.length, 2, stage.clock.running.join());
    stage.feeds.stop();
    t.strictSame(stage.clock.running, ['event-socket-close']);
  },
);

t.test('all frames of one piece of data make one reading', async (t) => {
  const stage = new Stage(t);
  await stage.start();
  await stage.live();
  const before = stage.readings.length;
  const frames = Array.from({ length: 50 }, (_, i) =>
    eventFrame(stage.callcenter.event('member-queue-start', memberFields(`m${i}`))),
  );
  stage.socket.send(frames.join(''));
  await stage.until(() => stage.calls.length === 50);
  t.ok(stage.readings.length - before <= 2, `${stage.readings.length - before} readings`);
});

t.test('reads the tables again in their time, and sooner when agents were added', async (t) => {
  const stage = new Stage(t);
  await stage.start();
  await stage.live();
  const count = (): number =>
    stage.socket.commands.filter((one) => one === 'api callcenter_config tier list').length;
  t.equal(count(), 1);
  await stage.pass(500, () => count() === 2);
  t.equal(stage.clock.now(), 15_000);
  stage.callcenter.agents.push({ name: '1003@default', status: 'Available', state: 'Waiting' });
  stage.callcenter.tiers.push({ queue: 'sales@default', agent: '1003@default' });
  stage.socket.sendEvent('agent-add', { 'CC-Agent': '1003@default' });
  stage.socket.sendEvent('agent-add', { 'CC-Agent': '1003@default' });
  await stage.until(() => stage.status.events === 2);
  await stage.pass(500, () => count() === 3);
  t.equal(stage.clock.now(), 17_000, 'no sooner than 2 s after the last time');
  await stage.until(() => stage.readings.at(-1)?.queues.get('sales')?.freeAgents.length === 2);
});

t.test('a wrong password: refused, named, and tried again slowly', async (t) => {
  const stage = new Stage(t, 'wrong');
  await stage.start();
  t.match(await stage.state('refused'), { reason: /^wrong password: set FREESWITCH_ESL_SECRET/ });
  stage.clock.advance(29_999);
  t.equal(stage.socket.connections, 1);
  stage.socket.password = 'wrong';
  stage.clock.advance(1);
  await stage.live();
  t.match(stage.status, { reason: undefined, reconnects: 1 });
});

t.test(
  'an address that may not connect; a machine where nothing listens; a socket without mod_callcenter',
  async (t) => {
    const rejected = new Stage(t);
    rejected.socket.manner = 'rejects';
    await rejected.start();
    t.match(await rejected.state('refused'), { reason: /apply-inbound-acl/ });
    const nobody = new Stage(t);
    await nobody.socket.listen();
    const port = await freePort();
    await nobody.start(port);
    t.match(await nobody.state('down'), {
      reason: `nothing listens at 127.0.0.1:${port}: is FreeSWITCH running, and mod_event_socket listening there?`,
    });
    const bare = new Stage(t);
    const answer = bare.callcenter.answer.bind(bare.callcenter);
    bare.callcenter.answer = (command) =>
      command.startsWith('callcenter_config')
        ? '-ERR callcenter_config Command not found!\n'
        : answer(command);
    await bare.start();
    t.match(await bare.state('refused'), { reason: /load mod_callcenter/ });
    const blind = new Stage(t);
    blind.socket.manner = 'no-events';
    await blind.start();
    t.match(await blind.state('refused'), { reason: /^events are not permitted/ });
  },
);

t.test('a connection that says nothing from the start', async (t) => {
  const stage = new Stage(t);
  stage.socket.manner = 'mute';
  await stage.start();
  await stage.until(() => stage.socket.connections === 1);
  stage.clock.advance(5000);
  t.match(await stage.state('silent'), { ageMs: undefined });
  stage.socket.manner = 'usual';
  stage.clock.advance(1000);
  await stage.live();
});

t.test('a connection that falls silent is noticed and left', async (t) => {
  const stage = new Stage(t);
  await stage.start();
  await stage.live();
  await stage.pass(1000, () => stage.clock.now() >= 10_000);
  t.equal(stage.status.state, 'live', 'questions are answered');
  t.ok((stage.status.ageMs ?? Infinity) <= 2000);
  stage.socket.isSilent = true;
  const lastWord = stage.readings.at(-1)?.readAt ?? 0;
  await stage.pass(500, () => stage.status.state === 'silent');
  t.ok(stage.clock.now() - lastWord <= 8500, `${stage.clock.now() - lastWord} ms`);
  t.match(stage.status.reason, /^nothing came for 6000 ms/);
  t.equal(stage.readings.at(-1)?.readAt, lastWord, 'silence makes no reading');
  stage.socket.isSilent = false;
  await stage.pass(500, () => stage.status.state === 'live');
  t.ok(stage.status.reconnects >= 1);
});

t.test('broken off in the middle of an answer: tried again, later each time', async (t) => {
  const stage = new Stage(t);
  stage.socket.manner = 'breaks-off';
  await stage.start();
  await stage.state('down');
  t.equal(stage.readings.length, 0, 'half a picture is none');
  for (const waitMs of [250, 500, 1000]) {
    const before = stage.socket.connections;
    t.strictSame(stage.clock.running, ['feed-reconnect']);
    stage.clock.advance(waitMs - 1);
    t.equal(stage.socket.connections, before);
    stage.clock.advance(1);
    await stage.until(
      () => stage.socket.connections === before + 1 && stage.clock.running.join() === 'feed-reconnect',
    );
  }
  stage.socket.manner = 'usual';
  await stage.pass(1000, () => stage.status.state === 'live');
});

t.test('FreeSWITCH restarts with a call in the queue: what was known is dropped', async (t) => {
  const stage = new Stage(t);
  await stage.start();
  await stage.live();
  stage.socket.sendEvent('member-queue-start', memberFields('m1', { 'variable_sip_h_X-Decision-ID': 'd-1' }));
  await stage.until(() => stage.calls.length === 1);
  stage.socket.drop();
  await stage.state('down');
  stage.callcenter.coreUuid = '11111111-2222-3333-4444-555555555555';
  stage.callcenter.sequence = 1;
  stage.callcenter.agents = [{ name: '1001@default', status: 'Logged Out', state: 'Waiting' }];
  stage.clock.advance(1000);
  await stage.state('live');
  await stage.until(() => stage.calls.length === 2);
  t.match(stage.calls[1], { kind: 'member-left', cause: 'other', decisionId: 'd-1' });
  t.match(stage.readings.at(-1)?.queues.get('sales'), { membersWaiting: 0, staffedAgents: 0 });
  stage.socket.sendEvent('agent-status-change', {
    'CC-Agent': '1001@default',
    'CC-Agent-Status': 'Available',
  });
  await stage.until(() => stage.readings.at(-1)?.agents.get('1001')?.isFree === true);
  t.pass('its numbers begin anew');
});

t.test(
  'the connection breaks, FreeSWITCH runs on: who left meanwhile has left, who waits keeps the decision',
  async (t) => {
    const stage = new Stage(t);
    await stage.start();
    await stage.live();
    stage.socket.sendEvent(
      'member-queue-start',
      memberFields('m1', { 'variable_sip_h_X-Decision-ID': 'd-1' }),
    );
    stage.socket.sendEvent(
      'member-queue-start',
      memberFields('m2', { 'variable_sip_h_X-Decision-ID': 'd-2' }),
    );
    await stage.until(() => stage.calls.length === 2);
    stage.socket.drop();
    await stage.state('down');
    stage.callcenter.members = [
      {
        queue: 'sales@default',
        uuid: 'm2',
        sessionUuid: 'session-m2',
        state: 'Waiting',
        joinedEpoch: stage.callcenter.epoch(),
      },
    ];
    stage.clock.advance(5000);
    await stage.until(() => stage.calls.length === 3);
    t.match(stage.calls[2], { kind: 'member-left', cause: 'other', decisionId: 'd-1', waitedMs: 5000 });
    t.match(stage.readings.at(-1)?.queues.get('sales'), { membersWaiting: 1, longestWaitMs: 5000 });
    stage.socket.sendEvent('agent-offering', memberFields('m2', { 'CC-Agent': '1001@default' }));
    await stage.until(() => stage.calls.length === 4);
    t.match(stage.calls[3], { kind: 'agent-offered', decisionId: 'd-2' });
  },
);

t.test('a call that ended while the connection was broken: told as ended and left, once', async (t) => {
  const stage = new Stage(t);
  await stage.start();
  await stage.live();
  const fields = memberFields('m1', { 'CC-Agent': '1001@default', 'CC-Agent-Bridged': 'true' });
  stage.socket.sendEvent('member-queue-start', fields);
  stage.socket.sendEvent('bridge-agent-start', fields);
  stage.socket.sendEvent('member-queue-start', memberFields('m2'));
  stage.socket.sendEvent('bridge-agent-start', { ...fields, ...memberFields('m2') });
  stage.socket.sendEvent('bridge-agent-end', { ...fields, ...memberFields('m2') });
  await stage.until(() => stage.calls.length === 5);
  stage.socket.drop();
  await stage.state('down');
  stage.clock.advance(5000);
  await stage.until(() => stage.calls.length === 8);
  t.match(stage.calls.slice(5), [
    { kind: 'agent-ended', sessionUuid: 'session-m1', agent: '1001', talkedMs: 5000 },
    { kind: 'member-left', sessionUuid: 'session-m1', cause: 'answered', waitedMs: 0 },
    { kind: 'member-left', sessionUuid: 'session-m2', cause: 'answered' },
  ]);
});

t.test(
  'a flood of 10,000 events over the socket: every one heard, and no more kept than is needed',
  async (t) => {
    const stage = new Stage(t);
    await stage.start();
    await stage.live();
    for (let i = 0; i < 5000; i += 100) {
      const frames = Array.from({ length: 100 }, (_, k) => {
        const fields = memberFields(`m${i + k}`, { 'CC-Cancel-Reason': 'BREAK_OUT' });
        return (
          eventFrame(stage.callcenter.event('member-queue-start', fields)) +
          eventFrame(stage.callcenter.event('member-queue-end', fields))
        );
      });
      stage.socket.send(frames.join(''));
    }
    await stage.until(() => stage.status.events === 10_000);
    t.equal(stage.calls.length, 10_000);
    t.match(stage.readings.at(-1)?.queues.get('sales'), { membersWaiting: 0, longestWaitMs: 0 });
    t.match(stage.status, { state: 'live', malformed: 0 });
    t.ok(stage.readings.length < 2000, `${stage.readings.length} readings for 10,000 events`);
  },
);

t.test('queues that do not exist there, until they do', async (t) => {
  const stage = new Stage(t);
  await stage.start();
  stage.feeds.watch([stage.watched({}, ['sales', 'platinum'])]);
  await stage.until(() => stage.status.missingQueues.length === 1);
  t.strictSame(stage.status.missingQueues, ['platinum']);
  t.equal(stage.status.state, 'live');
  stage.callcenter.queues.push({ name: 'platinum@default' });
  await stage.pass(1000, () => stage.status.missingQueues.length === 0);
  t.ok(stage.readings.at(-1)?.queues.has('platinum'));
});

t.test('a centre whose clock is years off', async (t) => {
  const stage = new Stage(t);
  stage.callcenter.epoch = () => Math.floor(stage.clock.wallNow() / 1000) - 800_000_000;
  stage.callcenter.members = [
    {
      queue: 'sales@default',
      uuid: 'm1',
      sessionUuid: 's1',
      state: 'Waiting',
      joinedEpoch: stage.callcenter.epoch() - 30,
    },
  ];
  await stage.start();
  await stage.live();
  const waited = stage.readings.at(-1)?.queues.get('sales')?.longestWaitMs ?? 0;
  t.ok(waited > 29_000 && waited < 31_000, `${waited} ms`);
  t.ok(Math.abs((stage.status.clockSkewMs ?? 0) + 800_000_000_000) <= 1000);
  t.equal(stage.readings.at(-1)?.readAt, stage.clock.now());
});

t.test('hot reload: the same event socket keeps its connection, another one does not', async (t) => {
  const stage = new Stage(t);
  await stage.start();
  await stage.live();
  const [feed] = stage.feeds.feeds;
  stage.feeds.watch([stage.watched({}, ['sales', 'service'])]);
  t.equal(stage.feeds.feeds[0], feed);
  t.equal(stage.socket.connections, 1);
  stage.feeds.watch([stage.watched({ staleAfterMs: 9000 })]);
  t.not(stage.feeds.feeds[0], feed);
  await stage.until(() => stage.socket.connections === 2);
  await stage.state('live');
  const { eventSocket: _, ...without } = stage.watched().centre;
  stage.feeds.watch([{ centre: without, queues: ['sales'] }]);
  t.strictSame(stage.feeds.feeds, [], 'a centre without an event socket has no feed');
  const told = stage.readings.length;
  stage.socket.sendEvent('agent-add', { 'CC-Agent': '1001@default' });
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  t.equal(stage.readings.length, told, 'nothing is told after it');
});

t.test('an agent whose wrap-up ends becomes free without an event', async (t) => {
  const stage = new Stage(t);
  await stage.start();
  await stage.live();
  const fields = memberFields('m1', { 'CC-Agent': '1001@default', 'CC-Agent-Bridged': 'true' });
  stage.socket.sendEvent('bridge-agent-end', fields);
  await stage.until(() => stage.readings.at(-1)?.agents.get('1001')?.isFree === false);
  stage.clock.advance(5999);
  t.equal(stage.readings.at(-1)?.agents.get('1001')?.isFree, false);
  stage.clock.advance(1);
  t.equal(stage.readings.at(-1)?.agents.get('1001')?.isFree, true);
});

t.test('the alarm of a dispatcher that stopped is the reason of the status', async (t) => {
  const stage = new Stage(t);
  await stage.start();
  await stage.live();
  stage.socket.sendEvent('member-queue-start', memberFields('m1'));
  await stage.until(() => stage.calls.length === 1);
  await stage.pass(1000, () => stage.status.reason !== undefined);
  t.match(stage.status, { state: 'live', reason: /^sales: members wait.*reload mod_callcenter$/ });
  t.strictSame(stage.feeds.feeds[0]?.stuckQueues, ['sales']);
  stage.socket.sendEvent('member-queue-end', memberFields('m1', { 'CC-Cancel-Reason': 'BREAK_OUT' }));
  await stage.until(() => stage.status.reason === undefined);
});

t.test('a listener that throws breaks nothing', async (t) => {
  const stage = new Stage(t);
  stage.isDeaf = true;
  await stage.start();
  await stage.live();
  stage.socket.sendEvent('member-queue-start', memberFields('m1'));
  await stage.until(() => stage.calls.length === 1);
  t.equal(stage.status.state, 'live');
});

t.test('rubbish is counted; a stream that cannot be read on is left', async (t) => {
  const stage = new Stage(t);
  await stage.start();
  await stage.live();
  stage.socket.send('Content-Type: text/odd\nContent-Length: 3\n\nabc');
  stage.socket.send('Content-Type: text/event-json\nContent-Length: 3\n\n{"x');
  stage.socket.sendEvent('', {});
  await stage.until(() => stage.status.malformed === 2);
  stage.socket.send(Buffer.alloc(70_000, 'x'));
  t.match(await stage.state('down'), { reason: /header block longer than 64 KB/, malformed: 3 });
  await stage.pass(500, () => stage.status.state === 'live');
});
