// Calls through the queues of the stand-in centre: SIPp callers and agents, phones with sound, transfers, bridges, leaks.
import t from 'tap';
import { callWithSipp, SippDestination, sippMissing } from '../support/sipp.js';
import { freePort } from '../support/free-port.js';
import { waitUntil } from '../support/child-process.js';
import { TestCaller } from '../../src/switch-standin/index.js';
import type { StandInCentre } from '../../src/switch-standin/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { callFrom, openCentre, openPhones, waitUntilClosed } from './standin-support.js';

const noSipp = sippMissing() ?? false;

function agentsAt(port: number, numbers: readonly string[]) {
  return {
    agents: numbers.map((number) => ({
      name: number,
      contact: `[leg_timeout=10]sofia/internal/agent${number}@127.0.0.1:${port}`,
      status: 'Available',
    })),
    tiers: numbers.map((agent, at) => ({ queue: at === 0 ? 'cards-sales' : 'service', agent })),
  };
}

function portOf(centre: StandInCentre): number {
  return Number(centre.address.split(':')[1]);
}

t.test('a SIPp caller is answered by a SIPp agent', { skip: noSipp }, async (t) => {
  const agentPort = await freePort();
  const agent = await SippDestination.start({ scenario: 'uas-ring-answer', localPort: agentPort });
  const centre = await openCentre(t, agentsAt(agentPort, ['1001']));
  const result = await callWithSipp({
    scenario: 'uac-call',
    remote: centre.address,
    called: 'cards-sales',
    pauseMs: 1500,
  });
  t.equal(result.exitCode, 0, result.errors);
  const [invite] = agent.invites;
  t.match(invite?.header('From'), /^"QA" <sip:\+15550100001@127\.0\.0\.1>;tag=/);
  await waitUntilClosed(centre);
  await agent.stop();
});

t.test('a caller and an agent hear each other and their keys; one goes with the other', async (t) => {
  const agents = await openPhones(t, ['agent1001']);
  const centre = await openCentre(t, agentsAt(portOf(agents), ['1001']));
  const callers = await openPhones(t);
  const caller = await callFrom(callers, `cards-sales@${centre.address}`, [
    ['X-Offer-ID', 'gold'],
    ['X-Offer-Presented', 'silver:declined'],
    ['User-to-User', '4F66;encoding=hex'],
  ]);
  await waitUntil('the agent has answered', () => agents.counts.channels === 1);
  await waitUntil('the centre has joined them', () => {
    const [one] = centre.switch.switchboard.table;
    return one?.bridge !== undefined;
  });
  const [member] = centre.switch.switchboard.table;
  t.equal(member?.variables.get('sip_h_X-Offer-ID'), 'gold');
  t.equal(member?.variables.get('sip_h_User-to-User'), '4F66;encoding=hex');
  const before = caller.media.counters.packetsIn;
  await waitUntil('the caller hears the agent', () => caller.media.counters.packetsIn > before + 5);
  const [agent] = agents.switch.switchboard.table;
  t.equal(agent?.variables.get('sip_h_X-Offer-ID'), 'gold', 'the agent has the CTI data');
  t.equal(agent?.variables.get('sip_h_X-Offer-Presented'), 'silver:declined');
  t.equal(agent?.variables.get('sip_h_User-to-User'), '4F66;encoding=hex');
  caller.media.sendKeys('7');
  await waitUntil('the agent hears the key', () => (agent?.media.counters.keyPacketsIn ?? 0) > 3);
  agent?.hangup('NORMAL_CLEARING');
  await waitUntil('the caller is gone too', () => caller.isHungUp);
  t.equal(caller.cause, 'NORMAL_CLEARING');
  await waitUntilClosed(centre);
});

t.test('uuid_transfer takes a caller from one queue to another, and from an agent', async (t) => {
  const agents = await openPhones(t, ['agent1001', 'agent1002']);
  const centre = await openCentre(t, agentsAt(portOf(agents), ['1001', '1002']));
  const callers = await openPhones(t);
  await callFrom(callers, `cards-sales@${centre.address}`);
  const talking = (): boolean =>
    [...centre.switch.switchboard.table].some(({ bridge }) => bridge !== undefined);
  await waitUntil('the first agent talks', talking);
  const [member] = centre.switch.switchboard.table;
  t.equal(member?.variables.get('cc_agent'), '1001@default');
  t.equal(await centre.runApi('uuid_transfer', `${member!.uuid} service XML router`), '+OK\n');
  await waitUntil('the second agent talks', () => member?.variables.get('cc_agent') === '1002@default');
  await waitUntil('the first agent is free', () => centre.counts.channels === 2);
  t.equal(member?.profile.destinationNumber, 'service');
  t.equal(await centre.runApi('uuid_exists', member!.uuid), 'true');
  await centre.runApi('uuid_kill', member!.uuid);
  await waitUntilClosed(centre);
});

t.test('a waiting caller is moved to somebody outside by an inline bridge, with CTI headers', async (t) => {
  const others = await openPhones(t, ['desk']);
  const centre = await openCentre(t);
  const callers = await openPhones(t);
  const caller = await callFrom(callers, `service@${centre.address}`);
  const [member] = centre.switch.switchboard.table;
  await centre.runApi('uuid_setvar', `${member!.uuid} sip_h_X-Offer-Presented silver:declined`);
  const target = `bridge:{sip_h_X-Offer-ID=gold,sip_h_X-Decision-ID=7}sofia/internal/sip:desk@${others.address}`;
  t.equal(await centre.runApi('uuid_transfer', `${member!.uuid} ${target} inline`), '+OK\n');
  await waitUntil('they talk', () => member?.bridge !== undefined);
  const [desk] = others.switch.switchboard.table;
  t.equal(desk?.variables.get('sip_h_X-Offer-ID'), 'gold');
  t.equal(desk?.variables.get('sip_h_X-Offer-Presented'), 'silver:declined', 'as mod_sofia hands it on');
  t.equal(centre.callCentre.waiting('service@default'), 0);
  caller.hangup('NORMAL_CLEARING');
  await waitUntilClosed(centre);
  await waitUntilClosed(others);
});

t.test('a bridge that is refused says why', async (t) => {
  const busy = await openPhones(t, ['desk']);
  const centre = await openCentre(t);
  const callers = await openPhones(t);
  await callFrom(callers, `service@${centre.address}`);
  const [member] = centre.switch.switchboard.table;
  const gone = new Promise<string>((resolve) => member!.onHangup(resolve));
  await centre.runApi(
    'uuid_transfer',
    `${member!.uuid} bridge:sofia/internal/sip:nobody@${busy.address} inline`,
  );
  t.equal(await gone, 'UNALLOCATED_NUMBER');
  t.equal(member!.variables.get('originate_disposition'), 'UNALLOCATED_NUMBER');
});

t.test('numbers that are none, and calls above the bound', async (t) => {
  const centre = await openCentre(t, { maxCalls: 1 });
  const callers = await openPhones(t);
  await t.rejects(callFrom(callers, `nothing@${centre.address}`), { message: 'UNALLOCATED_NUMBER' });
  await callFrom(callers, `offer-ivr@${centre.address}`);
  await t.rejects(callFrom(callers, `service@${centre.address}`), { message: 'USER_BUSY' });
});

t.test('a program has so many ports, and ends by itself', async (t) => {
  const programs = [{ program: 'offer-ivr', ports: 1, holdingTimeSeconds: 1 }];
  const centre = await openCentre(t, { programs });
  const callers = await openPhones(t);
  const first = await callFrom(callers, `offer-ivr@${centre.address}`);
  await t.rejects(callFrom(callers, `offer-ivr@${centre.address}`), {
    message: 'NORMAL_TEMPORARY_FAILURE',
  });
  await waitUntil('it has ended', () => first.isHungUp);
  t.ok(first.media.counters.packetsIn > 20, 'tones were heard');
  await waitUntilClosed(centre);
});

t.test('a caller that cancels while it rings leaves nothing', async (t) => {
  const centre = await openCentre(t, { ringMs: 5000 });
  const caller = new TestCaller({ clock: systemClock, log: silentLogger });
  await caller.open();
  t.teardown(() => caller.close());
  const result = await caller.place({
    to: `sip:service@${centre.address}`,
    from: 'sip:+15550100001@caller.invalid',
    talkMs: 10,
    answerWithinMs: 100,
    headers: [],
  });
  t.match(result, { kind: 'refused', response: { statusCode: 487 } });
  await waitUntilClosed(centre);
});

t.test('nothing is left of 200 calls', { skip: noSipp }, async (t) => {
  const profiles = { quick: { answerMs: [0, 20], refuseShare: 0.2, meanTalkMs: 60_000 } } as const;
  const numbers = Array.from({ length: 20 }, (_, at) => `sim${at}`);
  const centre = await openCentre(t, {
    profiles,
    agents: numbers.map((name) => ({ name, contact: 'simulated/quick', status: 'Available' })),
    tiers: numbers.map((agent) => ({ queue: 'service', agent })),
  });
  const { statistics, errors } = await callWithSipp({
    scenario: 'uac-call',
    remote: centre.address,
    called: 'service',
    calls: 200,
    rate: 50,
    pauseMs: 100,
    traceMessages: false,
    timeoutSeconds: 60,
  });
  t.equal(statistics.successful, 200, errors);
  await waitUntilClosed(centre);
});

t.test('a centre that dies says nothing to anybody', async (t) => {
  const centre = await openCentre(t);
  const callers = await openPhones(t);
  const caller = await callFrom(callers, `service@${centre.address}`);
  await centre.kill();
  t.match(centre.counts, { channels: 0, rtpPorts: 0, sockets: 0, members: 0 });
  t.equal(caller.isHungUp, false, 'no BYE came');
});
