import t from 'tap';
import { withWebPlaces } from '../../src/callcenter/index.js';
import { createDecider, replay, toDecisionRecord } from '../../src/decision/index.js';
import type { WebSettings } from '../../src/config/index.js';
import type { Medium } from '../../src/decision/index.js';
import {
  agents,
  CallCentre,
  centre,
  hit,
  offer,
  partner,
  presentation,
  queue,
  ranked,
  stepNames,
  strategy,
} from './call-centre.js';

const web: WebSettings = {
  origins: [],
  page: 'https://www.example/welcome',
  chatTarget: 'helpdesk',
  maxConfidence: 'trusted',
  lifetimeMinutes: 60,
  contactsPerMinute: 600,
};
const page = presentation('page', [], { kind: 'page', url: 'https://www.example/gold' });
const chat = presentation('chat', ['east/digital'], { kind: 'chat', conversion: 0.8 });
const partnerChat = presentation('partner', [], { kind: 'chat', target: 'sales-chat', conversion: 0.7 });
const callback = presentation('callback', ['west/sales'], { kind: 'callback', conversion: 0.5 });
const text = presentation('text', ['east/digital', 'west/sales'], { conversion: 0.9 });

const business = () => ({
  centres: [
    centre('east', [queue('sales'), queue('service'), queue('digital', { media: ['chat', 'text'] })]),
    centre('west', [queue('sales'), queue('service')]),
  ],
  partners: [
    partner({
      serviceQueues: ['east/service', 'west/service', 'east/digital'],
      web,
    }),
  ],
  offers: [offer('GOLD', [agents, page, chat, partnerChat, callback, text]), offer('SILVER', [agents])],
});

function decided(medium: Medium, offers = [ranked('GOLD', 0.2)], call = new CallCentre(business())) {
  const decider = createDecider(call.settings, { medium });
  const board = withWebPlaces(call.board(), decider.destinations);
  const input = call.input({ lookup: hit(strategy(offers)), board });
  return { decider, input, decision: decider.decide(input) };
}

const namesOf = (medium: Medium, offers?: ReturnType<typeof ranked>[]) =>
  stepNames(decided(medium, offers).decision).slice(0, 2);

t.test('each medium has its own presentations and its own plain service', (t) => {
  t.strictSame(namesOf('call'), ['GOLD@east/sales', 'GOLD@west/sales']);
  t.strictSame(namesOf('web'), ['GOLD@page:GOLD.page', 'page:acme']);
  t.strictSame(namesOf('chat'), ['GOLD@east/digital', 'chat:helpdesk']);
  t.strictSame(namesOf('text'), ['GOLD@east/digital', 'east/digital'].slice(0, 1).concat('overflow'));
  t.end();
});

t.test('an offer without a presentation for the medium is not made, and the trace says so', (t) => {
  const { decision } = decided('web', [ranked('SILVER', 0.9)]);
  t.equal(decision.offer, undefined);
  t.equal(decision.reason, 'resources');
  t.match(
    decision.candidates.find((one) => one.offerCode === 'SILVER'),
    { removedBy: 'resources', removedWhy: 'no presentation for medium web' },
  );
  t.end();
});

t.test('calls are not sent to agents who take no calls, for an offer or for service', (t) => {
  const { decision } = decided('call');
  t.notOk(stepNames(decision).some((one) => one.includes('digital')));
  t.end();
});

t.test('calls with text go to plain service as others do where no service queue takes text', (t) => {
  const call = new CallCentre({ ...business(), partners: [partner()] });
  const { decision } = decided('text', [], call);
  t.strictSame(stepNames(decision), ['east/service', 'west/service', 'overflow']);
  t.end();
});

t.test('a record of a contact is decided again by a decider of its medium', (t) => {
  for (const medium of ['web', 'chat', 'text'] as const) {
    const { decider, input, decision } = decided(medium);
    const record = toDecisionRecord(decision, input, decider);
    t.equal(record.medium, medium);
    t.strictSame(stepNames(replay(record, decider)), stepNames(decision));
  }
  t.end();
});
