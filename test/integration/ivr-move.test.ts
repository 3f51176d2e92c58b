// After an IVR: the caller is bridged, re-INVITEd or moved by REFER, each over real sockets; SIPp is the trunk that gets a REFER.
import t from 'tap';
import type { Test } from 'tap';
import { waitUntil } from '../support/child-process.js';
import { udpVariants } from '../support/drachtio-server.js';
import { toldAndSold } from '../support/ivr-drafts.js';
import { IvrStage, ivrTrunk, travelCaller } from '../support/ivr-stage.js';
import { callWithSipp, sippMissing } from '../support/sipp.js';
import type { Channel } from '../../src/switch-standin/channel/channel.js';
import type { SippMessage, SippResult } from '../support/sipp.js';

t.setTimeout(300_000);
const skip = sippMissing() ?? false;

let stage: IvrStage;

function hasCtiData(t: Test, phone: Channel): void {
  const variable = (name: string) => phone.variables.get(`sip_h_${name}`) ?? '';
  t.equal(variable('X-Offer-ID'), 'ACME-TRAVEL');
  t.equal(variable('X-Offer-URL'), 'https://scripts.example.com/acme/travel');
  t.equal(variable('X-Offer-Presented'), 'ACME-TRAVEL:accepted');
  const hex = Buffer.from(variable('X-Decision-ID')).toString('hex');
  t.equal(variable('User-to-User').toLowerCase(), `${hex};encoding=hex`);
}

function referOf(run: SippResult): SippMessage | undefined {
  return run.messages.find((one) => one.direction === 'received' && one.method === 'REFER');
}

async function storyOf(run: SippResult) {
  await stage.isClean();
  return stage.story(run.messages[0]?.header('Call-ID') ?? '');
}

function sippCall(scenario: string): Promise<SippResult> {
  return callWithSipp({
    scenario,
    remote: stage.sip,
    localAddress: ivrTrunk.refer,
    caller: travelCaller,
  });
}

for (const { isOnDrachtio, name, missing } of udpVariants) {
  void t.test(`calls moved on over ${name}`, { skip: missing ?? false }, async (t) => {
    stage = await IvrStage.open({ edit: toldAndSold, isOnDrachtio });
    t.teardown(() => stage.close());

    for (const trunk of ['bridge', 'reinvite'] as const) {
      await t.test(`${trunk}: the caller talks to an agent of the offer, who has the CTI data`, async (t) => {
        const channel = await stage.answeredCall(trunk);
        const phone = await stage.agentPhone();
        hasCtiData(t, phone);
        const [heard, said] = [channel.media.counters.packetsIn, phone.media.counters.keyPacketsIn];
        await waitUntil('the caller hears the agent', () => channel.media.counters.packetsIn > heard + 10);
        channel.media.sendKeys('5');
        await waitUntil('the agent hears the caller', () => phone.media.counters.keyPacketsIn > said);
        await waitUntil('the port is given up by who does not need it', async () => {
          return (await stage.portsInUse()) === (trunk === 'bridge' ? 1 : 0);
        });
        phone.hangup('NORMAL_CLEARING');
        await waitUntil('the caller is hung up on', () => channel.isHungUp);
        await stage.isClean();
        const story = await stage.story(channel.variables.get('sip_call_id') ?? '');
        t.match(story.outcomes, [{ result: 'success', reason: 'answered', destination: /\/acme-sales$/ }]);
        t.equal(story.outcomes.length, 1);
        t.equal(story.usage.length, 1);
        t.ok(story.exposures.includes('ACME-TRAVEL ivr concluded accepted'));
        t.ok(story.exposures.includes('ACME-TRAVEL agent confirmed'), 'the agent shows it again');
      });
    }

    await t.test('the REFER goes through two Record-Route hops (RFC 3261 12.2.1.1)', { skip }, async (t) => {
      const run = await sippCall('uac-refer-moved');
      t.equal(run.exitCode, 0, run.errors);
      const refer = referOf(run);
      t.equal(refer?.uri, 'sip:alice@phone.example.com:5070', 'the request target is the remote target');
      const routes = refer?.text
        .split('\n')
        .filter((line) => /^route:/i.test(line))
        .flatMap((line) => line.replace(/^route:/i, '').split(','))
        .map((one) => one.trim());
      t.equal(routes?.length, 2);
      t.match(routes?.[0], /^<sip:proxy2@127\.0\.0\.7:\d+;lr>$/, 'in the order of the INVITE (12.1.1)');
      t.match(routes?.[1], /^<sip:proxy1\.example\.com:5080;lr;transport=tcp>$/);
      t.equal(refer?.header('X-Offer-ID'), 'ACME-TRAVEL');
      t.equal(refer?.header('X-Offer-Presented'), 'ACME-TRAVEL:accepted');
      const story = await storyOf(run);
      const { decisionId } = story.decisions[0] ?? {};
      t.equal(refer?.header('X-Decision-ID'), decisionId);
      const uui = `${Buffer.from(String(decisionId)).toString('hex')};encoding=hex`;
      t.equal(refer?.header('User-to-User'), uui);
      const [, target, headers = ''] =
        /^<(sip:acme-sales@127\.0\.0\.1:[^?]+)\?([^>]+)>$/.exec(refer?.header('Refer-To') ?? '') ?? [];
      t.ok(target, 'Refer-To names the queue');
      const escaped = new Map(headers.split('&').map((one) => one.split('=') as [string, string]));
      t.equal(decodeURIComponent(escaped.get('User-to-User') ?? ''), uui, 'escaped (RFC 3261 19.1.1)');
      t.notMatch(escaped.get('User-to-User'), /[;=]/);
      t.equal(escaped.get('X-Offer-ID'), 'ACME-TRAVEL');
      t.equal(escaped.get('X-Offer-Presented'), 'ACME-TRAVEL%3Aaccepted');
    });

    for (const scenario of ['uac-refer-moved', 'uac-refer-notify-first']) {
      await t.test(
        `${scenario}: the trunk has moved the call and gets a BYE (RFC 5589 6.1)`,
        { skip },
        async (t) => {
          const run = await sippCall(scenario);
          t.equal(run.exitCode, 0, run.errors);
          const story = await storyOf(run);
          t.match(story.outcomes, [{ result: 'success', reason: 'referred', destination: /\/acme-sales$/ }]);
          t.equal(story.outcomes.length, 1);
          t.equal(story.usage.length, 1);
          t.equal(stage.agents.counts.channels, 0, 'nobody was called by us');
        },
      );
    }

    for (const { scenario, reason } of [
      { scenario: 'uac-refer-403', reason: 'refer 403' },
      { scenario: 'uac-refer-405', reason: 'refer 405' },
      { scenario: 'uac-refer-603', reason: 'refer 603' },
      { scenario: 'uac-refer-silent', reason: 'refer silence' },
      { scenario: 'uac-refer-failed', reason: 'refer notify 503' },
    ]) {
      await t.test(`${reason}: the caller is bridged to the same destination`, { skip }, async (t) => {
        const calling = sippCall(scenario);
        const phone = await stage.agentPhone();
        hasCtiData(t, phone);
        phone.hangup('NORMAL_CLEARING');
        const run = await calling;
        t.equal(run.exitCode, 0, run.errors);
        const story = await storyOf(run);
        const moves = story.attempts.filter((one) => /acme-sales$/.test(String(one['destination'])));
        t.match(moves, [{ reason }, { reason: 'bridged' }]);
        t.equal(moves[0]?.['destination'], moves[1]?.['destination'], 'the same destination');
        t.match(story.outcomes, [
          { result: 'success', reason: 'answered', destination: moves[0]?.['destination'] },
        ]);
        t.equal(story.outcomes.length, 1);
        t.equal(story.usage.length, 1);
      });
    }
  });
}
