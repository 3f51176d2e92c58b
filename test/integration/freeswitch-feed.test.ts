// The feed, an agent's status and a provisioning plan at a whole centre: the stand-in, and with FREESWITCH_ESL set (and
// FREESWITCH_ESL_SECRET) a real FreeSWITCH with mod_callcenter.
import t from 'tap';
import type { Test } from 'tap';
import { loadSettings, readEnvironment } from '../../src/config/index.js';
import type { Centre } from '../../src/config/index.js';
import type { CentreCallEvent, CentreReading } from '../../src/callcenter/index.js';
import { CentreFeeds, EventSocketControl, readActualCentre } from '../../src/freeswitch/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { waitUntil } from '../support/child-process.js';
import { openCentre } from './standin-support.js';

interface Place {
  readonly host: string;
  readonly port: number;
  readonly password: string;
}

function centreAt({ host, port }: Place): Centre {
  const loaded = loadSettings('config', readEnvironment({ FREESWITCH_ESL: `east=${host}:${port}` }));
  const east = loaded.ok ? loaded.settings.centres.centres[0] : undefined;
  if (east === undefined) throw new Error('the shipped settings are not valid');
  return east;
}

async function proves(t: Test, place: Place): Promise<void> {
  const readings: CentreReading[] = [];
  const events: CentreCallEvent[] = [];
  const centre = centreAt(place);
  const feeds = new CentreFeeds([{ centre, queues: ['service', 'nosuch-queue'] }], {
    password: place.password,
    clock: systemClock,
    log: silentLogger,
    listener: {
      onReading: (reading) => readings.push(reading),
      onCallEvent: (event) => events.push(event),
      onStatus: () => undefined,
    },
  });
  feeds.start();
  t.teardown(() => feeds.stop());
  const latest = (): CentreReading | undefined => readings.at(-1);
  await waitUntil(
    'the feed is live',
    () => latest() !== undefined && feeds.feeds[0]?.status.state === 'live',
  );
  t.strictSame(latest()?.missingQueues, ['nosuch-queue']);
  const [agent] = [...(latest()?.agents.values() ?? [])];
  t.ok(agent, 'the centre has an agent');
  if (agent === undefined) return;

  const control = new EventSocketControl(feeds, [centre]);
  const statusOf = (): string | undefined => latest()?.agents.get(agent.agent)?.status;
  for (const status of ['On Break', 'Available']) {
    t.strictSame(await control.setAgentStatus('east', agent.agent, status), { kind: 'done' });
    await waitUntil(`the feed tells ${status}`, () => statusOf() === status);
  }
  if (agent.status !== 'unknown') await control.setAgentStatus('east', agent.agent, agent.status);

  const actual = await readActualCentre({ run: (command) => feeds.command('east', command) });
  t.ok(actual.agents.has(`${agent.agent}@default`), 'provisioning reads the same agents');
  t.ok(actual.queues.has('service@default'));
  t.strictSame(events, [], 'nobody called');
}

t.test('the stand-in centre', async (t) => {
  const centre = await openCentre(t, {
    agents: [{ name: '1001', contact: 'simulated/agent', status: 'Available' }],
    tiers: [{ queue: 'service', agent: '1001' }],
    profiles: { agent: { answerMs: [1000, 1000], meanTalkMs: 1000 } },
  });
  await proves(t, { host: '127.0.0.1', port: centre.eventSocketPort, password: 'ClueCon' });
});

const { FREESWITCH_ESL, FREESWITCH_ESL_SECRET: password = 'ClueCon' } = process.env;
const [, host = '', port = ''] = /^(?:[^=]*=)?(.+):(\d+)$/.exec(FREESWITCH_ESL ?? '') ?? [];
const why = 'FREESWITCH_ESL is not set: no real FreeSWITCH to test with';
t.test('a real FreeSWITCH', { skip: FREESWITCH_ESL === undefined ? why : false }, async (t) => {
  await proves(t, { host, port: Number(port), password });
});
