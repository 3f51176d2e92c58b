// IVR calls when a centre dies, is full, refuses or is silent: callers are never lost, ports never stay.
import t from 'tap';
import type { Test } from 'tap';
import type { Channel } from '../../src/switch-standin/channel/channel.js';
import { waitUntil } from '../support/child-process.js';
import { IvrStage, ivrTrunk, travelCaller } from '../support/ivr-stage.js';
import type { CentreName, IvrStageOptions, IvrTrunk } from '../support/ivr-stage.js';
import { sumOf } from '../support/metrics-text.js';
import { callWithSipp, sippMissing } from '../support/sipp.js';

t.setTimeout(300_000);
const skip = sippMissing() ?? false;

const callIdOf = (channel: Channel): string => channel.variables.get('sip_call_id') ?? '';
const other = (name: CentreName): CentreName => (name === 'east' ? 'west' : 'east');

async function open(t: Test, options: IvrStageOptions = {}): Promise<IvrStage> {
  const stage = await IvrStage.open(options);
  t.teardown(() => stage.close());
  return stage;
}

function busy(stage: IvrStage): CentreName {
  const name = stage.busyCentre();
  if (name === undefined) throw new Error('no centre has the call');
  return name;
}

async function movedByReinvite(t: Test, stage: IvrStage, channel: Channel): Promise<void> {
  const phone = await stage.agentPhone();
  const heard = channel.media.counters.packetsIn;
  await waitUntil('the caller hears the agent', () => channel.media.counters.packetsIn > heard + 10);
  t.equal(await stage.portsInUse(), 0, 'the port is free');
  phone.hangup('NORMAL_CLEARING');
  await waitUntil('the caller is hung up on', () => channel.isHungUp);
  await stage.isClean();
}

void t.test('the centre dies with a call on its port', async (t) => {
  for (const trunk of ['bridge', 'reinvite'] as const satisfies readonly IvrTrunk[]) {
    await t.test(`${trunk}: in the menu, the caller gets plain service at the other centre`, async (t) => {
      const stage = await open(t);
      const channel = await stage.answeredCall(trunk);
      await waitUntil('prompts are heard', () => channel.media.counters.packetsIn > 10);
      const dead = busy(stage);
      await stage.killCentre(dead);
      await movedByReinvite(t, stage, channel);
      const story = await stage.story(callIdOf(channel));
      t.ok(story.exposures.includes('ACME-TRAVEL ivr concluded interrupted'));
      t.match(story.outcomes, [
        { result: 'success', reason: 'answered', destination: `${other(dead)}/service` },
      ]);
      t.equal(story.outcomes.length, 1);
      t.equal(story.usage.length, 1);

      const next = await stage.answeredCall(trunk);
      t.equal(stage.busyCentre(), other(dead), 'the next call goes to the other centre');
      next.hangup('NORMAL_CLEARING');
      await stage.isClean();
    });
  }

  await t.test('refer: in the menu, the trunk moves the caller to plain service', { skip }, async (t) => {
    const stage = await open(t);
    const calling = callWithSipp({
      scenario: 'uac-refer-moved',
      remote: stage.sip,
      localAddress: ivrTrunk.refer,
      caller: travelCaller,
    });
    await waitUntil('the offer is being told', async () => {
      const labels = { kind: 'ivr', state: 'confirmed' };
      return sumOf(await stage.router.metrics(), 'proffer_exposures_total', labels) === 1;
    });
    const dead = busy(stage);
    await stage.killCentre(dead);
    const run = await calling;
    t.equal(run.exitCode, 0, run.errors);
    await stage.isClean();
    const story = await stage.story(run.messages[0]?.header('Call-ID') ?? '');
    t.match(story.outcomes, [{ reason: 'referred', destination: /^(east|west)\/service$/ }]);
    t.ok(story.exposures.includes('ACME-TRAVEL ivr concluded interrupted'));
  });

  await t.test('while the caller talks to an agent through it, the call ends with one outcome', async (t) => {
    const stage = await open(t);
    const channel = await stage.answeredCall('bridge');
    // Of the port: the queue may be at the other.
    const dead = busy(stage);
    channel.media.sendKeys('1');
    await stage.agentPhone();
    await stage.killCentre(dead);
    await waitUntil('the caller is hung up on', () => channel.isHungUp);
    for (const one of stage.agents.switch.switchboard.table) one.hangup('NORMAL_CLEARING');
    await stage.isClean();
    const story = await stage.story(callIdOf(channel));
    t.equal(story.outcomes.length, 1);
    t.equal(story.usage.length, 1);
  });

  await t.test('and nothing else is reachable: the call ends with an outcome', async (t) => {
    const stage = await open(t);
    const channel = await stage.answeredCall('bridge');
    await waitUntil('prompts are heard', () => channel.media.counters.packetsIn > 10);
    await Promise.all([stage.killCentre('east'), stage.killCentre('west')]);
    await waitUntil('the caller is hung up on', () => channel.isHungUp, 20_000);
    await stage.isClean();
    const story = await stage.story(callIdOf(channel));
    t.match(story.outcomes, [{ result: 'upstream-error', reason: 'no-destination' }]);
    t.equal(story.outcomes.length, 1);
  });
});

void t.test('the only port of each program is taken: the caller is served otherwise', async (t) => {
  const stage = await open(t, {
    edit: (draft) => {
      for (const centre of draft.centres.centres ?? []) {
        centre.ivrPools = [{ program: 'offer-ivr', ports: 1, holdingTimeSeconds: 75, costPerCall: 0.1 }];
      }
    },
  });
  const first = await stage.answeredCall('bridge');
  const second = await stage.answeredCall('bridge');
  t.equal(await stage.portsInUse(), 2);
  const third = await stage.answeredCall('bridge');
  t.equal(await stage.portsInUse(), 2, 'no third port');
  const phone = await stage.agentPhone();
  phone.hangup('NORMAL_CLEARING');
  for (const one of [first, second, third]) one.hangup('NORMAL_CLEARING');
  await stage.isClean();
  const story = await stage.story(callIdOf(third));
  t.match(story.outcomes, [{ result: 'success', destination: /\/(service|acme-sales)$/ }]);
  t.equal(story.usage.length, 0);
});

void t.test('centres that refuse calls to their ports', async (t) => {
  const stage = await open(t, { centreOptions: { east: { maxCalls: 0 } } });
  const channel = await stage.answeredCall('bridge');
  await waitUntil('prompts are heard', () => channel.media.counters.packetsIn > 10);
  t.equal(stage.busyCentre(), 'west', '486 of one: the port of the other');
  channel.hangup('NORMAL_CLEARING');
  await stage.isClean();
  const story = await stage.story(callIdOf(channel));
  t.match(story.exposures.at(-1), 'ACME-TRAVEL ivr concluded hang-up');
});

void t.test('the event socket refuses the password: plain service, without a wait', async (t) => {
  const stage = await open(t, { secret: 'not the password' });
  const channel = await stage.answeredCall('bridge');
  const phone = await stage.agentPhone();
  phone.hangup('NORMAL_CLEARING');
  await stage.isClean();
  const story = await stage.story(callIdOf(channel));
  t.match(story.outcomes, [{ result: 'success', destination: /\/(service|acme-sales)$/ }]);
  t.equal(story.usage.length, 0);
  const [outcome] = story.outcomes;
  t.ok(Number(outcome?.['durationMs']) < 3000, 'no longer than openTimeoutMs and slack');
});
