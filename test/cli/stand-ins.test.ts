// What `proffer start` runs in place of centres at loopback addresses.
import { join } from 'node:path';
import t from 'tap';
import { standInPeople } from '../../src/cli/stand-in-options.js';
import { startStandIns } from '../../src/cli/stand-ins.js';
import { loadSettings, readEnvironment } from '../../src/config/index.js';
import type { Settings } from '../../src/config/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { AnsweringEndpoint, TestCaller } from '../../src/switch-standin/index.js';
import { freePort } from '../support/free-port.js';
import { repositoryRoot } from '../support/repository-root.js';

const parts = { clock: systemClock, log: silentLogger };

function shipped(): Settings {
  const result = loadSettings(join(repositoryRoot, 'config'), readEnvironment({}));
  if (!result.ok) throw new Error('the shipped settings are wrong');
  return result.settings;
}

/** The shipped centres on free ports, the first with an event socket. */
async function onFreePorts(): Promise<Settings> {
  const settings = shipped();
  const centres = [];
  for (const [at, centre] of settings.centres.centres.entries()) {
    const eventSocket = {
      port: await freePort(),
      domain: 'default',
      reconcileIntervalMs: 15_000,
      staleAfterMs: 6000,
      mediaProfile: 'drachtio_mrf',
      queueContext: 'router',
    };
    const { eventSocket: _given, ...rest } = centre;
    centres.push({ ...rest, port: await freePort(), ...(at === 0 ? { eventSocket } : {}) });
  }
  const partners = settings.partners.partners.map((partner) => ({
    ...partner,
    overflowUri: 'sip:overflow@carrier.invalid',
  }));
  return { ...settings, centres: { centres }, partners: { ...settings.partners, partners } };
}

t.test('a stand-in centre for each centre, with agents for its queues', async (t) => {
  const settings = await onFreePorts();
  const standIns = await startStandIns(settings, { ...parts, freeswitchSecret: 'ClueCon' });
  t.teardown(() => standIns.stop());
  const [east, west] = settings.centres.centres;
  t.same(standIns.lines, [
    `stand-in centre east: sip 127.0.0.1:${east!.port}, event socket 127.0.0.1:${east!.eventSocket!.port}, 68 simulated agents`,
    `stand-in centre west: sip 127.0.0.1:${west!.port}, 72 simulated agents`,
  ]);
  const caller = new TestCaller(parts);
  await caller.open();
  t.teardown(() => caller.close());
  const result = await caller.place({
    to: `sip:acme-sales@127.0.0.1:${east!.port}`,
    from: 'sip:+15550100001@caller.invalid',
    talkMs: 50,
    answerWithinMs: 10_000,
    headers: [['X-Offer-ID', 'ACME-PLATINUM']],
  });
  t.match(result, { kind: 'answered', endedBy: 'us' });
  if (result.kind === 'answered') t.equal(result.response.get('x-offer-id'), 'ACME-PLATINUM');
});

t.test('an address in use is left to whoever has it', async (t) => {
  const settings = await onFreePorts();
  const [east, west] = settings.centres.centres;
  const other = new AnsweringEndpoint({ ...parts, name: 'other', listen: `sip:127.0.0.1:${east!.port}` });
  await other.start();
  t.teardown(() => other.stop());
  const standIns = await startStandIns(settings, { ...parts, freeswitchSecret: 'ClueCon' });
  t.teardown(() => standIns.stop());
  t.same(standIns.lines, [
    `127.0.0.1:${east!.port} (centre east) is in use: calls go to whatever listens there`,
    `stand-in centre west: sip 127.0.0.1:${west!.port}, 72 simulated agents`,
  ]);
});

t.test('agents of the settings are those of the centre; a phone of their own is rung', async (t) => {
  const [east] = shipped().centres.centres;
  const agent = {
    skills: [],
    maxNoAnswer: 3,
    wrapUpSeconds: 10,
    rejectDelaySeconds: 10,
    busyDelaySeconds: 30,
    noAnswerDelaySeconds: 5,
  };
  const contact = '[leg_timeout=10]sofia/internal/agent1002@127.0.0.1:5095';
  const requires = [{ skills: [{ skill: 'care', level: 7 }], forSeconds: 20 }, { skills: [] }];
  const queues = east!.queues.map((one) => (one.queue === 'service' ? { ...one, requires } : one));
  const people = standInPeople(
    {
      ...east!,
      queues,
      agents: [
        { ...agent, agent: '1001', skills: [{ skill: 'care', level: 8 }] },
        { ...agent, agent: '1002', contact },
      ],
    },
    [
      {
        centre: 'east',
        queue: 'service.GOLD.agent',
        baseQueue: 'service',
        requires,
        offer: 'GOLD',
        presentation: 'agent',
      },
    ],
    '2026-11-26',
  );
  t.same(
    people.tiers.filter(({ queue }) => queue.startsWith('service')),
    ['service', 'service.GOLD.agent'].flatMap((queue) => [
      { queue, agent: '1001', level: 0, position: 1 },
      { queue, agent: '1002', level: 20, position: 1 },
    ]),
  );
  t.equal(
    people.tiers.filter(({ queue }) => queue === 'acme-sales').length,
    2,
    'a queue without skills takes anyone',
  );
  t.match(people.queues.at(-1), { name: 'service.GOLD.agent', tierRulesApply: true, tierRuleWaitSeconds: 1 });
  t.match(people.agents, [
    { name: '1001', contact: 'simulated/agent', status: 'Available' },
    { name: '1002', contact },
  ]);
});

t.test('agents whom somebody has logged in as are asked first', (t) => {
  const [east] = shipped().centres.centres;
  const { tiers } = standInPeople(east!, [], '2026-11-26', new Set(['sim-service-1']));
  t.same(
    tiers.filter(({ level }) => level !== undefined),
    [{ queue: 'service', agent: 'sim-service-1', level: 0 }],
  );
  t.end();
});

t.test('a large queue is served by fifty', async (t) => {
  const [east] = shipped().centres.centres;
  const queues = east!.queues.map((queue) => ({ ...queue, staffedAgents: 400 }));
  t.equal(standInPeople({ ...east!, queues }, [], '2026-11-26').agents.length, 50 * queues.length);
});
