// Which offer wins when agents are busy, decided from the live feeds of two centres: real router process, real sockets.
import t from 'tap';
import { LiveStage, twoAgentOffers } from '../support/live-stage.js';
import { callWithSipp, sippMissing } from '../support/sipp.js';
import { trunkAddress } from '../support/router-settings.js';

const skip = sippMissing() ?? false;

interface Candidate {
  readonly offerCode?: string;
  readonly destination?: string;
  readonly removedBy?: string;
  readonly waitSeconds?: number;
  readonly patience?: number;
  readonly value?: number;
}

/** What the record of a call says: where it went, for what, and why. */
interface Story {
  readonly reason: unknown;
  readonly offerCode: string | undefined;
  readonly destination: unknown;
  readonly resources: Readonly<Record<string, object>>;
  candidate(offerCode: string): Candidate;
}

/** A SIPp caller whose best offer is ACME-PLATINUM, and then ACME-SAVER. */
async function storyOf(stage: LiveStage): Promise<Story> {
  const run = await callWithSipp({
    scenario: 'uac-call',
    remote: stage.router.sip,
    localAddress: trunkAddress.proxy,
  });
  if (run.exitCode !== 0) throw new Error(`the call failed: ${run.errors}`);
  const callId = run.messages[0]?.header('Call-ID') ?? '';
  const line = await stage.decisionOf(callId);
  const outcome = await stage.recordOf(callId, ({ type }) => type === 'outcome');
  const candidates = line['candidates'] as readonly Candidate[];
  return {
    reason: line['reason'],
    offerCode: (line['offer'] as { readonly offerCode?: string } | undefined)?.offerCode,
    destination: outcome['destination'],
    resources: line['resources'] as Story['resources'],
    candidate: (offerCode) => candidates.find((one) => one.offerCode === offerCode) ?? {},
  };
}

void t.test('offers compete for the agents who are free', { skip }, async (t) => {
  const stage = await LiveStage.open(t, {
    staff: {
      east: { ann: ['acme-sales'], abe: ['acme-sales'], eve: ['service'] },
      west: { wanda: ['acme-sales'], will: ['service'] },
    },
    edit: (draft) => {
      twoAgentOffers(draft);
      // Two agents: a minute for each caller ahead.
      for (const { queues } of draft.centres.centres ?? []) {
        for (const queue of queues ?? []) queue.handlingTimeSeconds = 120;
      }
    },
  });

  // Before any call has ended: from then on the measured handling time counts, and calls of tests are short.
  const busy = await stage.occupy('east', 'acme-sales', 2);

  await t.test('all its agents busy, nobody ahead: the best offer is still worth the wait', async (t) => {
    const story = await storyOf(stage);
    t.match(story, { offerCode: 'ACME-PLATINUM', destination: 'east/acme-sales' });
    const [platinum, saver] = [story.candidate('ACME-PLATINUM'), story.candidate('ACME-SAVER')];
    t.equal(platinum.waitSeconds, 60);
    t.equal(saver.waitSeconds, 0, 'although an agent for the other offer is free');
    t.ok((platinum.value ?? 0) > (saver.value ?? 0));
  });

  await t.test('callers ahead of it: the second-best offer wins with an agent who is free', async (t) => {
    busy.push(...(await stage.occupy('east', 'acme-sales', 0, 4)));
    const story = await storyOf(stage);
    t.match(story, { reason: 'offer', offerCode: 'ACME-SAVER', destination: 'west/acme-sales' });
    const [platinum, saver] = [story.candidate('ACME-PLATINUM'), story.candidate('ACME-SAVER')];
    t.equal(platinum.destination, 'east/acme-sales');
    t.ok((platinum.waitSeconds ?? 0) >= 240, 'the wait that was expected for it is in the record');
    t.match(saver, { waitSeconds: 0, patience: 1 });
    t.ok((saver.value ?? 0) > (platinum.value ?? 0), 'after the wait the best offer is worth less');
    t.match(story.resources['east/acme-sales'], { servers: 2, freeServers: 0, membersWaiting: 4 });
    t.match(story.resources['west/acme-sales'], { servers: 1, freeServers: 1, membersWaiting: 0 });
  });

  await t.test('one of its agents is free again: the best offer wins', async (t) => {
    const [last] = busy.splice(0, 1);
    for (const call of busy) call.hangUp();
    await stage.untilFree('east', 'acme-sales', 1);
    const story = await storyOf(stage);
    t.match(story, { reason: 'offer', offerCode: 'ACME-PLATINUM', destination: 'east/acme-sales' });
    t.match(story.candidate('ACME-PLATINUM'), { waitSeconds: 0, patience: 1 });
    t.match(story.resources['east/acme-sales'], { servers: 2, freeServers: 1, membersWaiting: 0 });
    last?.hangUp();
    await stage.untilFree('east', 'acme-sales', 2);
  });

  await t.test('nobody sells: plain service, and the record says that no offer had anybody', async (t) => {
    for (const agent of ['ann', 'abe']) stage.setStatus('east', agent, 'Logged Out');
    stage.setStatus('west', 'wanda', 'On Break');
    await stage.untilFree('east', 'acme-sales', 0);
    await stage.untilFree('west', 'acme-sales', 0);
    const story = await storyOf(stage);
    t.match(story, { reason: 'resources', offerCode: undefined, destination: /^(east|west)\/service$/ });
    for (const offer of ['ACME-PLATINUM', 'ACME-SAVER']) {
      t.match(story.candidate(offer), { removedBy: 'resources' });
    }
    t.match(story.resources['east/acme-sales'], { servers: 0, freeServers: 0 });
  });

  await stage.untilIdle();
});

void t.test('every seller of every offer is busy for longer than its wait cap', { skip }, async (t) => {
  const stage = await LiveStage.open(t, {
    staff: {
      east: { ann: ['acme-sales'], eve: ['service'] },
      west: { wanda: ['acme-sales'], will: ['service'] },
    },
    edit: (draft) => {
      twoAgentOffers(draft);
      for (const offer of draft.offers.offers ?? []) offer.waitCapSeconds = 60;
    },
  });
  await stage.occupy('east', 'acme-sales', 1);
  await stage.occupy('west', 'acme-sales', 1);
  const story = await storyOf(stage);
  t.match(story, { reason: 'wait-cap', offerCode: undefined, destination: /^(east|west)\/service$/ });
  t.match(story.candidate('ACME-PLATINUM'), { removedBy: 'wait-cap', waitSeconds: 300 });
  t.match(story.candidate('ACME-SAVER'), { removedBy: 'wait-cap' });
});
