import t from 'tap';
import { explanationText, inWords } from '../../src/cli/explain-text.js';
import type { Explanation, Paint } from '../../src/cli/explain-text.js';
import { explainNotes } from '../../src/cli/explain-notes.js';
import type { ExplainNotes } from '../../src/cli/explain-notes.js';
import {
  CallCentre,
  hit,
  offer,
  agents,
  partner,
  presentation,
  ranked,
  strategy,
} from '../decision/call-centre.js';
import type { Centre } from '../../src/config/index.js';
import type { Decision, Identity } from '../../src/decision/index.js';

const same = (text: string): string => text;
const plain: Paint = { bold: same, dim: same, green: same, red: same };
const caller: Identity = { kind: 'number', phone: '+15550100001', source: 'From', confidence: 'claimed' };

const noNotes: ExplainNotes = {
  maintenance: [],
  affiliates: [],
  affiliateOffers: new Map(),
  bases: new Map(),
  handlingTimes: [],
};

function explanation(decision: Decision, identity: Identity = caller, notes = noNotes): Explanation {
  const call = { from: '+15550100001', to: '+18005550100', trunk: 'loopback', origin: undefined };
  const where = { partner: 'acme', partnerName: 'Acme', store: 'hit', board: 'all up' };
  return { ...call, ...where, identity, notes, decision };
}

t.test('the text has every gate, every candidate and every step, in 100 columns', (t) => {
  const one = new CallCentre();
  one.builder.setCentreHealth('west', false);
  const text = explanationText(
    explanation(
      one.decide({ lookup: hit(strategy([ranked('GOLD', 0.2), ranked('SILVER', 0.1), ranked('GONE', 1)])) }),
    ),
    plain,
  );
  const lines = text.split('\n');
  t.same(
    lines.filter((line) => line.length > 100),
    [],
  );
  t.match(text, /\+ resources +3 candidates left; removed: GOLD at west\/sales \(centre down\)/);
  t.match(text, /GONE +1\.000 +100\.00 +entitlement/);
  t.match(text, /GOLD +agents +east\/sales +0\.200 +100\.00 +1\.00 +0 s +1\.00 +0\.00 +20\.00 +chosen/);
  t.match(text, / 1 +east\/sales +sip:sales@127\.0\.0\.1:5071;transport=udp +GOLD by agents/);
  t.match(text, /X-Offer-URL and Call-Info +https:\/\/offers\.example\/GOLD/);
  t.end();
});

t.test('what is not made now for what was learned, and what was asked for, is told', (t) => {
  const at = Date.UTC(2026, 10, 20);
  const suppressed = [
    { ...ranked('GOLD', 0.9), reason: 'declined', at, until: Date.UTC(2026, 11, 20) } as const,
  ];
  const boosted = { ...ranked('SILVER', 0.3), isBoosted: true } as const;
  const decision = new CallCentre().decide({ lookup: hit(strategy([boosted], {}, { suppressed })) });
  const text = explanationText(explanation(decision), plain);
  t.match(
    text,
    /\+ suppression +\d candidates left; removed: GOLD \(declined 2026-11-20, until 2026-12-20\)/,
  );
  t.match(text, /GOLD +0\.900 +100\.00 +suppression/);
  t.match(text, /SILVER was asked for: the customer wanted to be called back/);
  t.end();
});

t.test('maintenance, affiliates, measured handling times and queues for skills are told', (t) => {
  const french = presentation('french', ['east/sales'], { requires: [{ skills: [] }] });
  const tv = { ...offer('TV', [agents]), partner: 'borealis' };
  const { centres } = new CallCentre().settings.centres;
  const [east, west] = centres as [Centre, Centre];
  east.queues[1]!.drain = true;
  const own = partner({ affiliates: ['borealis'] });
  const one = new CallCentre({
    centres: [east, { ...west, drain: true }],
    partners: [own, partner({ partner: 'borealis' })],
    offers: [offer('GOLD', [french]), tv],
  });
  const states = one.board().states.slice();
  states[0] = { ...states[0]!, handlingTimeSeconds: 187.5 };
  const board = { ...one.board(), states };
  const lookup = hit(strategy([ranked('GOLD', 0.5), ranked('TV', 0.3)], { affiliateOptOut: true }));
  const notesOf = () => explainNotes(one.settings, own, { destinations: one.decider.destinations, board });
  const optedOut = explanationText(explanation(one.decide({ lookup, board }), caller, notesOf()), plain);
  t.match(optedOut, /\n {2}affiliates {3}borealis\n {2}maintenance {2}east\/service, west: no new call\n/);
  t.match(optedOut, /removed: TV \(of borealis, and\s+the\s+customer\s+has\s+affiliateOptOut\)/);
  t.match(optedOut, /GOLD +french +east\/sales\* .* chosen\n/);
  t.match(optedOut, /\n {2}TV is an offer of the affiliate borealis\n/);
  t.match(optedOut, /\* a queue of its own for the skills of this presentation/);
  t.same(
    optedOut.split('\n').filter((line) => line.length > 100),
    [],
  );
  const taken = explanationText(
    explanation(one.decide({ lookup: hit(strategy([ranked('TV', 0.3)])), board }), caller, notesOf()),
    plain,
  );
  t.match(taken, /wait at east\/sales by its measured handling time, 188 s \(configured 240 s\)/);
  t.match(taken, /TV +agents +west\/sales .* in maintenance\n/);
  t.end();
});

t.test('where the numbers come from is shown for what was weighed', (t) => {
  const decision = new CallCentre().decide({ lookup: hit(strategy([ranked('GOLD', 0.2)])) });
  const npv = {
    lines: [{ fromMonth: 1, toMonth: 12, amount: 10, payments: 11.5, presentValue: 115 }],
    costOfSale: 15,
    netPresentValue: 100,
  };
  const origin = {
    runId: '20261126T080000Z-0a1b',
    generation: 7,
    report: 'data/rankings/acme/20261126T080000Z-0a1b/report.html',
    offers: [
      {
        offer: 'GOLD',
        propensityKind: 'logistic',
        valueWords: '100 (net present value of 1 cash flow)',
        npv,
      },
      { offer: 'SILVER', propensityKind: 'rate', valueWords: '60 (offers.yaml)', npv: null },
    ],
  };
  const text = explanationText({ ...explanation(decision), origin }, plain);
  t.match(text, /Where the numbers come from {2}ranking run 20261126T080000Z-0a1b, generation 7\n/);
  t.match(text, /GOLD: propensity by logistic, value 100 \(net present value of 1 cash flow\)\n/);
  t.match(text, / {4}months 1 to 12: 10 x 11\.500 payments \(after churn and discount\) = 115\.00\n/);
  t.match(text, / {4}less the cost of sale 15\n {2}report data\/rankings/);
  t.notMatch(text, /SILVER: propensity/, 'it was not weighed');
  t.end();
});

t.test('gates that were not reached are shown as such', (t) => {
  const text = explanationText(explanation(new CallCentre().decide({ lookup: { kind: 'miss' } })), plain);
  t.match(text, /- store +nobody has this number/);
  t.equal(text.match(/not reached/g)?.length, 15);
  t.match(text, /no offer header: plain service/);
  t.end();
});

t.test('the decision in one sentence', (t) => {
  const words = (decision: Decision, identity?: Identity) => inWords(explanation(decision, identity));
  const one = new CallCentre();
  const lookup = hit(strategy([ranked('GOLD', 0.2), ranked('SILVER', 0.1)]));
  t.equal(
    words(one.decide({ lookup })),
    'The call of customer c-1 goes to east/sales with GOLD, because it is worth 20.00 there, more than SILVER (10.00) and plain service (2.00).',
  );
  t.equal(
    words(one.decide({ lookup: hit(strategy([], { serviceAlert: true })) })),
    'The call of customer c-1 goes to east/repair with the service offer REPAIR, because a service alert is open on the account.',
  );
  t.equal(
    words(one.decide({ lookup: hit(strategy(undefined, { optOut: true })) })),
    'The call of customer c-1 gets plain service at east/service, because it does not pass gate opt-out: customer c-1 opted out of offers.',
  );
  t.equal(
    words(one.decide({ identity: { kind: 'anonymous' }, lookup: { kind: 'miss' } }), { kind: 'anonymous' }),
    'The call gets plain service at east/service, because it does not pass gate identity: the caller is anonymous.',
  );
  const mandatory = new CallCentre({ offers: [offer('MUST', [agents], { mandatory: true })] });
  t.equal(
    words(mandatory.decide({ lookup: hit(strategy([ranked('MUST', 0)])) })),
    'The call of customer c-1 goes to east/sales with MUST, because the offer is mandatory; it is worth 0.00 there.',
  );
  t.end();
});
