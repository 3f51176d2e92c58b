import t from 'tap';
import { LiveCalls } from '../../../src/calls/live/live-calls.js';
import type { ExposureFacts } from '../../../src/calls/ivr/exposures.js';
import { PersonRouting } from '../../../src/calls/live/person-routing.js';
import { compileRoutingPlan } from '../../../src/calls/routing-plan.js';
import type { CentreControl, ControlAnswer } from '../../../src/callcenter/index.js';
import type { Settings } from '../../../src/config/index.js';
import { silentLogger } from '../../../src/kernel/index.js';
import { FakeClock } from '../../support/fake-clock.js';
import { shipped } from '../story.js';

class Control implements CentreControl {
  answer: ControlAnswer = { kind: 'done' };
  readonly transfers: Parameters<CentreControl['transfer']>[0][] = [];

  transfer(call: Parameters<CentreControl['transfer']>[0]): Promise<ControlAnswer> {
    this.transfers.push(call);
    return Promise.resolve(this.answer);
  }

  setAgentStatus(): Promise<ControlAnswer> {
    return Promise.resolve(this.answer);
  }
}

function begin(settings: Settings = shipped) {
  const clock = new FakeClock();
  const live = new LiveCalls({ clock });
  const control = new Control();
  const reserved: ExposureFacts[] = [];
  const exposures = { reserve: (facts: ExposureFacts) => reserved.push(facts) };
  const plan = compileRoutingPlan(settings);
  for (const { centre } of settings.centres.centres) plan.board.setCentreHealth(centre, true);
  const routing = new PersonRouting({ live, control, exposures, plan: () => plan, clock, log: silentLogger });
  live.routed({
    decisionId: 'd-1',
    callId: 'c',
    partner: 'acme',
    customer: 'c-1',
    offer: 'ACME-PLATINUM',
    pairs: { serviceOfferCode: 'ACME-OUTAGE', serviceOfferUrl: 'https://x.example/o' },
  });
  const talk = () => {
    const base = { centre: 'west', queue: 'acme-sales', sessionUuid: 's-1', decisionId: 'd-1' };
    live.onEvent({
      ...base,
      offerCode: 'ACME-PLATINUM',
      at: 0,
      kind: 'agent-answered',
      agent: '1',
      waitedMs: 1,
    });
  };
  return { live, control, routing, plan, talk, reserved };
}

t.test('a call goes to another offer at its own centre, with the data of both', async (t) => {
  const { routing, control, talk, live, reserved } = begin();
  talk();
  const answer = await routing.route('d-1', { offer: 'ACME-SAVER', presentation: 'agent' });
  t.strictSame(answer, { kind: 'routed', destination: 'west/acme-sales', offer: 'ACME-SAVER' });
  const [transfer] = control.transfers;
  t.match(transfer, {
    centre: 'west',
    sessionUuid: 's-1',
    queue: 'acme-sales',
    uri: undefined,
    headers: {
      'X-Decision-ID': 'd-1',
      'X-Offer-ID': 'ACME-SAVER',
      'X-Offer-URL': 'https://scripts.example.com/acme/saver',
      'X-Offer-Presented': 'ACME-PLATINUM:agent',
      'X-Service-Offer-ID': 'ACME-OUTAGE',
      'X-Service-Offer-URL': 'https://x.example/o',
    },
  });
  t.equal(live.get('d-1')?.offer, 'ACME-SAVER');
  t.match(reserved, [{ offer: 'ACME-SAVER', kind: 'agent', destination: 'west/acme-sales', callId: 'c' }]);
  t.equal(live.get('d-1')?.isMoving, true, 'until it joins the other queue');
});

t.test('plain service has no offer data but what was presented', async (t) => {
  const { routing, control, talk } = begin();
  talk();
  const answer = await routing.route('d-1', { queue: 'east/service' });
  t.strictSame(answer, { kind: 'routed', destination: 'east/service', offer: undefined });
  const [transfer] = control.transfers;
  t.match(transfer?.uri, /^sip:service@127\.0\.0\.1:5090/, 'another centre is reached by its URI');
  t.match(
    transfer?.headers,
    { 'X-Offer-ID': '', 'X-Offer-URL': '', 'Call-Info': '' },
    'what it carried is taken off',
  );
  t.equal(transfer?.headers['X-Offer-Presented'], 'ACME-PLATINUM:agent');
});

t.test('what cannot be done is said', async (t) => {
  const { routing, control, talk, plan } = begin();
  t.strictSame(await routing.route('d-9', { queue: 'east/service' }), { kind: 'unknown-call' });
  t.strictSame(await routing.route('d-1', { queue: 'east/service' }), { kind: 'not-at-a-centre' });
  talk();
  const cases: readonly (readonly [Parameters<PersonRouting['route']>[1], string, RegExp])[] = [
    [{ queue: 'east/nowhere' }, 'unknown-target', /east\/nowhere is no queue/],
    [{ queue: 'east/offer-ivr' }, 'unknown-target', /no queue/],
    [{ queue: 'east/borealis-sales' }, 'not-entitled', /calls of acme do not go to/],
    [{ offer: 'BOR-FIBRE' }, 'not-entitled', /no offer for calls of acme/],
    [{ offer: 'NONE' }, 'not-entitled', /no offer/],
    [
      { offer: 'ACME-SAVER', presentation: 'letter' },
      'unknown-target',
      /no presentation ACME-SAVER by letter/,
    ],
  ];
  for (const [target, kind, message] of cases) t.match(await routing.route('d-1', target), { kind, message });
  plan.board.setCentreHealth('east', false);
  plan.board.setCentreHealth('west', false);
  t.match(await routing.route('d-1', { offer: 'ACME-PLATINUM' }), { kind: 'unknown-target' });
  t.equal(control.transfers.length, 0);
  const answers: readonly (readonly [ControlAnswer, object])[] = [
    [{ kind: 'unknown-call' }, { kind: 'unknown-call' }],
    [
      { kind: 'refused', reason: 'busy' },
      { kind: 'refused', message: 'the centre refused: busy' },
    ],
    [
      { kind: 'unreachable', reason: 'down' },
      { kind: 'unreachable', message: /down/ },
    ],
  ];
  for (const [given, expected] of answers) {
    control.answer = given;
    t.match(await routing.route('d-1', { queue: 'east/service' }), expected);
  }
});
