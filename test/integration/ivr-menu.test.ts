// IVR presentations from the prompt to the end of the call: real router, stand-in centres, callers with RTP and RFC 4733 keys.
import t from 'tap';
import type { Test } from 'tap';
import type { Channel } from '../../src/switch-standin/channel/channel.js';
import { waitUntil } from '../support/child-process.js';
import { udpVariants } from '../support/drachtio-server.js';
import { IvrStage, ivrTrunk, travelCaller } from '../support/ivr-stage.js';
import type { IvrStory } from '../support/ivr-stage.js';
import { callWithSipp, sippMissing } from '../support/sipp.js';

t.setTimeout(300_000);
let stage: IvrStage;

const callIdOf = (channel: Channel): string => channel.variables.get('sip_call_id') ?? '';

async function hearsPrompts(channel: Channel): Promise<void> {
  await waitUntil('prompts arrive as RTP', () => channel.media.counters.packetsIn > 10);
}

async function talksToAgent(t: Test, channel: Channel): Promise<Channel> {
  const phone = await stage.agentPhone();
  const heard = channel.media.counters.packetsIn;
  await waitUntil('the caller hears the agent', () => channel.media.counters.packetsIn > heard + 10);
  t.match(phone.variables.get('sip_h_X-Decision-ID'), /^[0-9a-f-]{36}$/);
  return phone;
}

function presented(t: Test, story: IvrStory, result: string): void {
  t.same(story.exposures.slice(0, 3), [
    'ACME-TRAVEL ivr reserved',
    'ACME-TRAVEL ivr confirmed',
    `ACME-TRAVEL ivr concluded ${result}`,
  ]);
  t.equal(story.decisions.length, 1);
  t.equal(story.outcomes.length, 1, 'one outcome');
  t.equal(story.usage.length, 1, 'one account of the port');
  t.match(story.usage[0], { partner: 'acme', kind: 'ivr', destination: /^(east|west)\/offer-ivr$/ });
}

async function until(
  what: string,
  callId: string,
  has: (lines: readonly Record<string, unknown>[]) => boolean,
) {
  await waitUntil(what, async () => has(await stage.router.recordsOf(callId)));
}

async function hangsUp(t: Test, channel: Channel, result: string): Promise<void> {
  channel.hangup('NORMAL_CLEARING');
  await stage.isClean();
  const story = await stage.story(callIdOf(channel));
  presented(t, story, result);
  t.equal(story.exposures.length, 3, 'no agent was sent an offer');
}

/** SIPp sends keys by a raw socket, which only root may open without further ado. */
function rawSocketMissing(): string | false {
  return process.getuid?.() === 0 ? false : 'sipp needs root to send keys';
}

for (const { isOnDrachtio, name, missing } of udpVariants) {
  void t.test(`menus over ${name}`, { skip: missing ?? false }, async (t) => {
    stage = await IvrStage.open({ isOnDrachtio });
    t.teardown(() => stage.close());

    for (const { keys, result } of [
      { keys: '1', result: 'accepted' },
      { keys: '2', result: 'declined' },
      { keys: '', result: 'no-answer' },
      { keys: '77', result: 'no-answer' },
      { keys: '71', result: 'accepted' },
    ]) {
      await t.test(`the caller presses ${keys || 'nothing'}: ${result}, and talks to an agent`, async (t) => {
        const channel = await stage.answeredCall('bridge');
        await hearsPrompts(channel);
        t.equal(await stage.portsInUse(), 1);
        channel.media.sendKeys(keys);
        const phone = await talksToAgent(t, channel);
        t.equal(phone.variables.get('sip_h_X-Offer-Presented'), `ACME-TRAVEL:${result}`);
        phone.hangup('NORMAL_CLEARING');
        await waitUntil('the caller is hung up on', () => channel.isHungUp);
        await stage.isClean();
        const story = await stage.story(callIdOf(channel));
        presented(t, story, result);
        t.match(story.outcomes[0], { result: 'success', reason: 'answered', destination: /\/service$/ });
      });
    }

    await t.test('the caller hangs up while the prompt is played', async (t) => {
      const channel = await stage.answeredCall('bridge');
      await hearsPrompts(channel);
      await hangsUp(t, channel, 'hang-up');
      const { outcomes } = await stage.story(callIdOf(channel));
      t.match(outcomes[0], { result: 'success', reason: 'caller-hung-up', status: 200 });
    });

    await t.test('the caller hangs up while a key is waited for', async (t) => {
      const channel = await stage.answeredCall('bridge');
      // The tone of the question is over: nothing is played any more.
      let last = -1;
      await waitUntil(
        'the prompts are over',
        () => {
          const { packetsIn } = channel.media.counters;
          const isOver = packetsIn > 20 && packetsIn === last;
          last = packetsIn;
          return isOver;
        },
        5000,
        120,
      );
      await hangsUp(t, channel, 'hang-up');
    });

    await t.test('the caller hangs up while an agent is rung: the outcome of the menu holds', async (t) => {
      const channel = await stage.answeredCall('bridge');
      channel.media.sendKeys('1');
      const callId = callIdOf(channel);
      await until('the menu is over', callId, (lines) => lines.some((one) => one['state'] === 'concluded'));
      channel.hangup('NORMAL_CLEARING');
      await stage.isClean();
      const story = await stage.story(callId);
      presented(t, story, 'accepted');
    });

    await t.test('the caller hangs up on the agent', async (t) => {
      const channel = await stage.answeredCall('bridge');
      channel.media.sendKeys('2');
      await talksToAgent(t, channel);
      channel.hangup('NORMAL_CLEARING');
      await stage.isClean();
      const story = await stage.story(callIdOf(channel));
      presented(t, story, 'declined');
      t.equal(stage.agents.counts.channels, 0, 'the agent is free again');
    });

    await t.test(
      'SIPp plays the key as RFC 4733 events',
      { skip: sippMissing() ?? rawSocketMissing() },
      async (t) => {
        const run = callWithSipp({
          scenario: 'uac-ivr-keys',
          remote: stage.sip,
          localAddress: ivrTrunk.bridge,
          caller: travelCaller,
        });
        const phone = await stage.agentPhone();
        t.equal(phone.variables.get('sip_h_X-Offer-Presented'), 'ACME-TRAVEL:accepted');
        phone.hangup('NORMAL_CLEARING');
        const { exitCode, errors, messages } = await run;
        t.equal(exitCode, 0, errors);
        await stage.isClean();
        presented(t, await stage.story(messages[0]?.header('Call-ID') ?? ''), 'accepted');
      },
    );
  });
}
