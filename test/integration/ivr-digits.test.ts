// Callers identified by account number and secret, end to end: RFC 4733 keys, the strategy store, two decisions, and no digit in any log.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import type { Channel } from '../../src/switch-standin/channel/channel.js';
import { waitUntil } from '../support/child-process.js';
import { asksForDigits } from '../support/ivr-drafts.js';
import { IvrStage } from '../support/ivr-stage.js';
import type { IvrStory } from '../support/ivr-stage.js';
import { sumOf } from '../support/metrics-text.js';

t.setTimeout(300_000);

const account = '98761234';
const secret = '471147';
const wrongSecret = '903521';
const stranger = '+15550990001';

const folder = mkdtempSync(join(tmpdir(), 'proffer-accounts-'));
const strategies = join(folder, 'strategies.ndjson');
writeFileSync(
  strategies,
  `${JSON.stringify({
    partner: 'acme',
    customer: 'A1',
    phones: ['+15550990099'],
    offers: [{ offer: 'ACME-PLATINUM', propensity: 0.4, value: 180 }],
    accounts: [{ account, secret }],
  })}\n`,
);

let stage: IvrStage;
t.before(async () => {
  stage = await IvrStage.open({
    env: { PROFFER_IDENTITY_KEY: 'a key of sixteen or more characters' },
    customers: 0,
    edit: asksForDigits,
  });
  const loaded = await stage.router.run(['strategies', 'load', strategies]);
  if (loaded.code !== 0) throw new Error(loaded.stdout + loaded.stderr);
});
t.teardown(async () => {
  rmSync(folder, { recursive: true });
  await stage.close();
});

async function identifications(result: string): Promise<number> {
  return sumOf(await stage.router.metrics(), 'proffer_identifications_total', { result });
}

/** Enters both, talks to whoever gets the call, and hangs up there. */
async function enters(t: Test, caller: string, keys: string): Promise<{ channel: Channel; story: IvrStory }> {
  const channel = await stage.answeredCall('bridge', { caller });
  await waitUntil('the question is heard', () => channel.media.counters.packetsIn > 3);
  channel.media.sendKeys(keys, 20);
  const phone = await stage.agentPhone();
  phone.hangup('NORMAL_CLEARING');
  await waitUntil('the caller is hung up on', () => channel.isHungUp);
  await stage.isClean();
  const story = await stage.story(channel.variables.get('sip_call_id') ?? '');
  t.equal(story.outcomes.length, 1);
  t.equal(story.usage.length, 1, 'one account of the port');
  return { channel, story };
}

void t.test('account and secret: decided anew for a verified customer, on to the offer', async (t) => {
  const { story } = await enters(t, stranger, account + secret);
  t.equal(story.decisions.length, 2);
  t.notMatch(story.decisions[0], { identity: { source: 'digits' } });
  t.match(story.decisions[1], { identity: { source: 'digits', confidence: 'verified' } });
  t.match(story.outcomes[0], {
    result: 'success',
    offer: 'ACME-PLATINUM',
    destination: /\/acme-sales$/,
  });
  t.equal(await identifications('person'), 1);
});

void t.test('a wrong account twice: plain service', async (t) => {
  const wrong = '10002000' + wrongSecret;
  const { story } = await enters(t, stranger, wrong + wrong);
  t.equal(story.decisions.length, 1);
  t.match(story.outcomes[0], { result: 'success', destination: /\/service$/ });
  t.equal(await identifications('no-match'), 1);
});

void t.test('a wrong secret twice: the account is claimed, not verified', async (t) => {
  const { story } = await enters(t, stranger, (account + wrongSecret).repeat(2));
  t.match(story.decisions.at(-1), { identity: { source: 'digits', confidence: 'claimed' } });
  t.match(story.outcomes[0], { result: 'success' });
  t.equal(await identifications('account'), 1);
});

void t.test('too many tries at one account are not matched, from whatever number', async (t) => {
  await enters(t, '+15550990002', (account + wrongSecret).repeat(2));
  // The fifth since the account was last right, and then one too many.
  const { story } = await enters(t, '+15550990003', account + wrongSecret + account + secret);
  t.equal(await identifications('blocked'), 1, 'the right secret sounds like a wrong one now');
  t.match(story.outcomes[0], { result: 'success', destination: /\/service$/ });
  t.equal(story.decisions.length, 1);
});

void t.test('no digit is in a log or a record', (t) => {
  const text = stage.router.output + JSON.stringify(stage.router.records());
  t.match(text, /too many tries to identify by digits/, 'the log is that of these calls');
  for (const digits of [account, secret, wrongSecret, '10002000']) t.notOk(text.includes(digits));
  t.end();
});
