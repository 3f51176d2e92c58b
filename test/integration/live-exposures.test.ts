// What becomes of a caller while agents are rung, and of the exposure of the offer: real router process, real sockets.
import t from 'tap';
import { LiveStage, twoAgentOffers } from '../support/live-stage.js';
import { waitUntil } from '../support/child-process.js';
import { callWithSipp, sippMissing } from '../support/sipp.js';
import { trunkAddress } from '../support/router-settings.js';
import type { HeldCall } from '../support/live-stage.js';

const skip = sippMissing() ?? false;
const rests = { maxNoAnswer: 0, rejectDelaySeconds: 60, noAnswerDelaySeconds: 60 };

void t.test('agents who do not take the call', async (t) => {
  const stage = await LiveStage.open(t, {
    staff: {
      // The longest idle agent is rung first: ann, who has been there longest.
      east: {
        ann: { queues: ['acme-sales'], ...rests },
        abe: { queues: ['acme-sales'], ...rests },
        eve: ['service'],
      },
      west: { will: ['service'] },
    },
    edit: twoAgentOffers,
  });
  /** Nobody else is free, so that ann is rung; abe comes once she has had her turn. */
  const ringAnn = async (behaviour: 'refuses' | 'rings'): Promise<HeldCall> => {
    stage.behave('ann', behaviour);
    stage.setStatus('east', 'abe', 'On Break');
    await stage.untilFree('east', 'acme-sales', 1);
    return stage.call();
  };
  const stateOf = async (agent: string): Promise<string> =>
    (await stage.centre('east').runApi('callcenter_config', 'agent list'))
      .split('\n')
      .find((line) => line.startsWith(`${agent}@default|`)) ?? '';
  const everybodyBack = async (call: HeldCall): Promise<void> => {
    call.hangUp();
    for (const agent of ['ann', 'abe']) {
      await stage.centre('east').runApi('callcenter_config', `agent set ready_time ${agent}@default 0`);
      stage.setStatus('east', agent, 'Logged Out');
      stage.setStatus('east', agent, 'Available');
    }
    await stage.untilFree('east', 'acme-sales', 2);
  };

  await t.test('an agent refuses: the caller waits on and gets the next one', async (t) => {
    const call = await ringAnn('refuses');
    await waitUntil('ann has refused', async () => !(await stateOf('ann')).includes('|Receiving|'));
    t.same(stage.exposuresOf(call), ['reserved'], 'nobody has presented anything yet');
    stage.setStatus('east', 'abe', 'Available');
    await stage.untilExposures(call, ['reserved', 'confirmed by abe']);
    t.notOk(call.isOver);
    await everybodyBack(call);
  });

  await t.test('an agent does not answer: the caller waits on and gets the next one', async (t) => {
    const call = await ringAnn('rings');
    await waitUntil('ann is rung', async () => (await stateOf('ann')).includes('|Receiving|'));
    stage.setStatus('east', 'abe', 'Available');
    await stage.untilExposures(call, ['reserved', 'confirmed by abe']);
    t.notOk(call.isOver);
    await everybodyBack(call);
  });

  await t.test('an agent goes on a break while the phone rings: the next one has the caller', async (t) => {
    const call = await ringAnn('rings');
    await waitUntil('ann is rung', async () => (await stateOf('ann')).includes('|Receiving|'));
    stage.setStatus('east', 'ann', 'On Break');
    t.same(stage.exposuresOf(call), ['reserved']);
    stage.setStatus('east', 'abe', 'Available');
    await stage.untilExposures(call, ['reserved', 'confirmed by abe']);
    t.match(await stateOf('ann'), /\|On Break\|/);
    await everybodyBack(call);
  });
  await stage.untilIdle();
});

void t.test('callers who hang up', { skip }, async (t) => {
  const stage = await LiveStage.open(t, {
    staff: { east: { ann: ['acme-sales'], eve: ['service'] }, west: { will: ['service'] } },
    edit: (draft) => {
      twoAgentOffers(draft);
      for (const { queues } of draft.centres.centres ?? []) {
        for (const queue of queues ?? []) queue.handlingTimeSeconds = 30;
      }
    },
    // Long enough to cancel in: the centre rings for this long before a queue has the caller.
    ringMs: 400,
  });

  await t.test('before the centre has answered: released, and no agent was rung', async (t) => {
    const run = await callWithSipp({
      scenario: 'uac-cancel-ringing',
      remote: stage.router.sip,
      localAddress: trunkAddress.proxy,
      pauseMs: 10,
    });
    t.equal(run.exitCode, 0, run.errors);
    const callId = run.messages[0]?.header('Call-ID') ?? '';
    await stage.untilExposures(callId, ['reserved', 'released abandoned']);
    await stage.untilIdle();
  });

  await t.test('while they wait: released', async (t) => {
    const busy = await stage.occupy('east', 'acme-sales', 1);
    const call = await stage.call();
    await waitUntil('the caller waits', async () => {
      return (await stage.queueReading('east', 'acme-sales')).waiting === 1;
    });
    t.same(stage.exposuresOf(call), ['reserved']);
    call.hangUp();
    await stage.untilExposures(call, ['reserved', 'released abandoned']);
    for (const one of busy) one.hangUp();
    await stage.untilIdle();
  });

  await t.test('while an agent rings: released, and the agent is free again', async (t) => {
    await stage.untilFree('east', 'acme-sales', 1);
    stage.behave('ann', 'rings');
    const call = await stage.call();
    await stage.untilFree('east', 'acme-sales', 0);
    t.same(stage.exposuresOf(call), ['reserved']);
    call.hangUp();
    await stage.untilExposures(call, ['reserved', 'released abandoned']);
    await stage.untilIdle();
    await stage.untilFree('east', 'acme-sales', 1);
    stage.behave('ann', 'answers');
  });

  await t.test(
    'after the answer: confirmed, and the time of the agent is on the account of the partner',
    async (t) => {
      const run = await callWithSipp({
        scenario: 'uac-call',
        remote: stage.router.sip,
        localAddress: trunkAddress.b2bua,
        pauseMs: 1500,
      });
      t.equal(run.exitCode, 0, run.errors);
      const callId = run.messages[0]?.header('Call-ID') ?? '';
      await stage.untilExposures(callId, ['reserved', 'confirmed by ann']);
      const usage = await stage.recordOf(callId, ({ type }) => type === 'usage');
      t.match(usage, { kind: 'agent', partner: 'acme', destination: 'east/acme-sales', agent: 'ann' });
      const seconds = Number(usage['seconds']);
      t.ok(seconds > 0 && seconds <= 1.6, `${seconds} s, of the 1.5 s that the call lasted`);
      await stage.untilIdle();
    },
  );
});
