// A person moves live calls and sets the status of agents over HTTP: real router process, agents with phones that see what arrives.
import t from 'tap';
import type { Test } from 'tap';
import { dialled, LiveStage, platinumCaller } from '../support/live-stage.js';
import { waitUntil } from '../support/child-process.js';
import { openPhones } from './standin-support.js';
import type { HeldCall } from '../support/live-stage.js';
import type { StandInCentre } from '../../src/switch-standin/index.js';

const token = 'a token of sixteen';

interface CallView {
  readonly decisionId: string;
  readonly state: string;
  readonly offer?: string;
  readonly presented: readonly string[];
  readonly centre?: string;
  readonly queue?: string;
  readonly agent?: string;
}

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Desk {
  readonly stage: LiveStage;
  readonly phones: StandInCentre;
  readonly ask: (method: string, path: string, body?: object, shown?: string) => Promise<Answer>;
  /** A new call of the platinum caller, in the state and with the agent that is awaited. */
  readonly callIn: (held: HeldCall, state: string, agent?: string) => Promise<CallView>;
  /** CTI headers that the phone of an agent sees in its call now. */
  readonly headersAt: (agent: string) => Readonly<Record<string, string | undefined>>;
}

async function open(t: Test): Promise<Desk> {
  const names = ['ann', 'bea', 'eve', 'wanda'];
  const phones = await openPhones(t, names);
  const at = (agent: string, queue: string) => ({
    [agent]: { queues: [queue], contact: `[leg_timeout=10]sofia/internal/${agent}@${phones.address}` },
  });
  const stage = await LiveStage.open(t, {
    staff: {
      east: { ...at('ann', 'acme-sales'), ...at('bea', 'borealis-sales'), ...at('eve', 'service') },
      west: { ...at('wanda', 'acme-sales') },
    },
    env: { PROFFER_API_TOKEN: token },
    // Long enough to see a call on its way.
    ringMs: 500,
    edit: (draft) => {
      const places: Readonly<Record<string, string>> = {
        'ACME-PLATINUM': 'east/acme-sales',
        'ACME-TRAVEL': 'east/borealis-sales',
        'ACME-SAVER': 'west/acme-sales',
      };
      for (const offer of draft.offers.offers ?? []) {
        const place = places[offer.offer ?? ''];
        if (place === undefined) continue;
        offer.presentations = [{ presentation: 'agent', kind: 'agent', destinations: [place] }];
      }
    },
  });
  const ask = async (method: string, path: string, body?: object, shown = token): Promise<Answer> => {
    const answer = await fetch(`${stage.router.http}/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${shown}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const callIn = async (held: HeldCall, state: string, agent?: string): Promise<CallView> => {
    let found: CallView | undefined;
    await waitUntil(`the call is ${state} ${agent ?? ''}`, async () => {
      if (held.failure !== undefined) throw new Error(`the call failed: ${held.failure}`);
      const { calls } = (await ask('GET', '/calls')).body as { calls: readonly CallView[] };
      found = calls.find((one) => one.state === state && (agent === undefined || one.agent === agent));
      return found !== undefined;
    });
    return found as CallView;
  };
  const headersAt = (agent: string): Readonly<Record<string, string | undefined>> => {
    const leg = [...phones.switch.switchboard.table].find(
      ({ profile, isHungUp }) => profile.destinationNumber === agent && !isHungUp,
    );
    const names = ['X-Decision-ID', 'X-Offer-ID', 'X-Offer-URL', 'X-Offer-Presented', 'User-to-User'];
    return Object.fromEntries(names.map((name) => [name, leg?.variables.get(`sip_h_${name}`)]));
  };
  return { stage, phones, ask, callIn, headersAt };
}

void t.test('what a person may do with live calls and agents, and what not', async (t) => {
  const { stage, ask, callIn, headersAt } = await open(t);
  const held = await stage.call();
  const { decisionId, ...first } = await callIn(held, 'talking', 'ann');
  const route = `/calls/${decisionId}/route`;
  t.match(first, { offer: 'ACME-PLATINUM', centre: 'east', queue: 'acme-sales' });
  t.same(first.presented, ['ACME-PLATINUM:agent']);

  await t.test(
    'a call that talks goes to the presentation of another offer in the same centre',
    async (t) => {
      const answer = await ask('POST', route, { offer: 'ACME-TRAVEL', presentation: 'agent' });
      t.match(answer, { status: 200, body: { kind: 'routed', destination: 'east/borealis-sales' } });
      t.match(await callIn(held, 'talking', 'bea'), {
        decisionId,
        offer: 'ACME-TRAVEL',
        queue: 'borealis-sales',
      });
      t.match(headersAt('bea'), {
        'X-Decision-ID': decisionId,
        'X-Offer-ID': 'ACME-TRAVEL',
        'X-Offer-URL': /travel/,
        'X-Offer-Presented': 'ACME-PLATINUM:agent',
      });
      t.notOk(held.isOver, 'the caller is still there');
      await stage.untilFree('east', 'acme-sales', 1);
    },
  );

  await t.test(
    'a call that talks goes to the presentation of another offer in the other centre',
    async (t) => {
      const answer = await ask('POST', route, { offer: 'ACME-SAVER' });
      t.match(answer, {
        status: 200,
        body: { kind: 'routed', destination: 'west/acme-sales', offer: 'ACME-SAVER' },
      });
      t.match(await callIn(held, 'talking', 'wanda'), { decisionId, centre: 'west', queue: 'acme-sales' });
      t.match(headersAt('wanda'), {
        'X-Decision-ID': decisionId,
        'X-Offer-ID': 'ACME-SAVER',
        'X-Offer-URL': /saver/,
        'X-Offer-Presented': 'ACME-PLATINUM:agent, ACME-TRAVEL:agent',
      });
      t.notOk(held.isOver);
      await stage.untilFree('east', 'borealis-sales', 1);
    },
  );

  await t.test(
    'what it was presented is in its view, and nothing is left when the caller hangs up',
    async (t) => {
      const view = (await ask('GET', `/calls/${decisionId}`)).body as unknown as CallView;
      t.same(view.presented, ['ACME-PLATINUM:agent', 'ACME-TRAVEL:agent', 'ACME-SAVER:agent']);
      held.hangUp();
      await stage.untilIdle();
      await waitUntil(
        'the call is unknown',
        async () => (await ask('GET', `/calls/${decisionId}`)).status === 404,
      );
      t.match(await ask('POST', route, { queue: 'east/service' }), { status: 404 });
    },
  );

  await t.test(
    'a call that talks goes to plain service: no offer is on the phone of the next agent',
    async (t) => {
      await stage.untilFree('east', 'acme-sales', 1);
      const again = await stage.call();
      const call = await callIn(again, 'talking', 'ann');
      const answer = await ask('POST', `/calls/${call.decisionId}/route`, { queue: 'east/service' });
      t.match(answer, { status: 200, body: { kind: 'routed', destination: 'east/service' } });
      await callIn(again, 'talking', 'eve');
      const headers = headersAt('eve');
      t.match(headers, { 'X-Decision-ID': call.decisionId, 'X-Offer-Presented': 'ACME-PLATINUM:agent' });
      t.equal(headers['X-Offer-ID'] ?? '', '');
      again.hangUp();
      await stage.untilIdle();
    },
  );

  await t.test('a call that no centre has yet, and targets that are none or not for it', async (t) => {
    await stage.untilFree('east', 'acme-sales', 1);
    const held = stage.place(platinumCaller, `${dialled.acme}@${stage.router.sip}`);
    const { decisionId } = await callIn(held, 'routed');
    const answer = await ask('POST', `/calls/${decisionId}/route`, { queue: 'east/service' });
    t.match(answer, { status: 409, body: { code: 'not-at-a-centre' } }, 'a call on its way');

    const route = `/calls/${decisionId}/route`;
    await callIn(held, 'talking', 'ann');
    const refusals: readonly (readonly [string, object, number, string])[] = [
      ['a queue of another partner', { queue: 'west/borealis-sales' }, 403, 'not-entitled'],
      ['an offer of another partner', { offer: 'BOR-FIBRE' }, 403, 'not-entitled'],
      ['a queue that is none', { queue: 'east/nothing' }, 422, 'unknown-target'],
      ['a presentation that is none', { offer: 'ACME-SAVER', presentation: 'web' }, 422, 'unknown-target'],
      ['no target at all', {}, 400, 'bad-request'],
    ];
    for (const [what, body, status, code] of refusals) {
      t.match(await ask('POST', route, body), { status, body: { code } }, what);
    }
    t.match(await ask('POST', route, { queue: 'east/service' }, 'not the token'), { status: 401 });
    t.match(await ask('POST', '/calls/unheard-of/route', { queue: 'east/service' }), {
      status: 404,
      body: { code: 'unknown-call' },
    });
    t.match(await callIn(held, 'talking', 'ann'), { decisionId }, 'the call is where it was');
    held.hangUp();
    await stage.untilIdle();
  });

  await t.test('the status of an agent is set at the centre, and the feed tells it', async (t) => {
    await stage.untilFree('east', 'acme-sales', 1);
    const put = (agent: string, status: string) => ask('PUT', `/agents/east/${agent}/status`, { status });
    t.match(await put('ann', 'On Break'), { status: 200, body: { kind: 'done' } });
    await stage.untilFree('east', 'acme-sales', 0);
    const { agents } = (await ask('GET', '/agents')).body as { agents: { agent: string; status: string }[] };
    t.equal(agents.find(({ agent }) => agent === 'ann')?.status, 'On Break');
    t.match(await put('ann', 'Available'), { status: 200 });
    await stage.untilFree('east', 'acme-sales', 1);
    t.match(await put('ann', 'Asleep'), { status: 400, body: { code: 'bad-request' } });
    const unknown = await put('nobody', 'On Break');
    t.ok(unknown.status >= 400 && unknown.status < 500, JSON.stringify(unknown));
  });
});
