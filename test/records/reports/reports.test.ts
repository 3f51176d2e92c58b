import t from 'tap';
import type { Test } from 'tap';
import { agentsReport } from '../../../src/records/reports/agents-report.js';
import { armsReport, armMean, clustersOf } from '../../../src/records/reports/arms-report.js';
import type { ArmSums } from '../../../src/records/reports/arms-report.js';
import { offersReport } from '../../../src/records/reports/offers-report.js';
import { partnersReport } from '../../../src/records/reports/partners-report.js';
import { wilson } from '../../../src/records/reports/statistics.js';
import { onEachDatabase } from '../../support/records-stage.js';
import { insertCatalogue, insertRecords, randomRecords } from './random-records.js';
import type { RecordsData } from './random-records.js';
import { armOf, contactsOf, countsOf, shownOf } from './reference.js';
import type { ReferenceArm, Wanted } from './reference.js';

const wanted: readonly Wanted[] = [
  {},
  { partner: 'acme' },
  { from: '2026-11-03T00:00:00.000Z', to: '2026-11-07T06:30:00.000Z' },
  { from: '2026-11-05T00:00:00.000Z', partner: 'borealis' },
  { from: '2027-01-01T00:00:00.000Z' },
];

const periodOf = ({ from, to, partner }: Wanted) => ({
  from: from === undefined ? undefined : new Date(from),
  to: to === undefined ? undefined : new Date(to),
  partner,
});

function near(t: Test, found: number, expected: number, what: string): void {
  t.ok(
    Math.abs(found - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
    `${what}: ${found}, ${expected}`,
  );
}

/** Doubles are added up in another order there. */
function sameNumbers(
  t: Test,
  found: object,
  expected: Readonly<Record<string, unknown>>,
  what: string,
): void {
  for (const [name, value] of Object.entries(expected)) {
    const other = (found as Readonly<Record<string, unknown>>)[name];
    if (typeof value === 'number' && typeof other === 'number') near(t, other, value, `${what} ${name}`);
    else t.strictSame(other, value, `${what} ${name}`);
  }
}

onEachDatabase('reports say what the rows say, added up by hand', async (t, { database }) => {
  await insertCatalogue(database);
  const data = randomRecords(7, 600);
  await insertRecords(database, data);
  for (const one of wanted) {
    const period = periodOf(one);
    await t.test(JSON.stringify(one), async (t) => {
      checkOffers(t, data, one, await offersReport(database, period));
      checkAgents(t, data, one, await agentsReport(database, period));
      checkPartners(t, data, one, await partnersReport(database, period));
      checkArms(t, data, one, await armsReport(database, period));
    });
  }
});

function checkOffers(
  t: Test,
  data: RecordsData,
  one: Wanted,
  report: Awaited<ReturnType<typeof offersReport>>,
): void {
  const contacts = contactsOf(data, one);
  const shown = shownOf(data, contacts);
  const keys = [...new Set(shown.map(({ exposure }) => `${exposure.offer} ${exposure.kind}`))].sort();
  t.strictSame(
    report.offers.map(({ offer, kind }) => `${offer} ${kind}`),
    keys,
  );
  for (const row of report.offers) {
    const own = shown.filter(({ exposure: e }) => e.offer === row.offer && e.kind === row.kind);
    const counts = countsOf(data, own);
    sameNumbers(t, row, counts, `${row.offer} ${row.kind}`);
    t.strictSame(row.acceptance, wilson(counts.accepted, counts.presented));
    const { presented, accepted, declined, callback, other, noDisposition } = row;
    t.equal(accepted + declined + callback + other + noDisposition, presented);
    const { routed, abandoned, notPresented, releasedOtherwise, open } = row;
    t.equal(presented + abandoned + notPresented + releasedOtherwise + open, routed);
  }
  sameNumbers(t, report.total, countsOf(data, shown), 'all');
  const calls = contacts.filter(({ medium }) => medium === 'call');
  const ended = new Set(data.outcomes.map((outcome) => outcome.decision_id));
  sameNumbers(
    t,
    report.coverage,
    {
      contacts: contacts.length,
      calls: calls.length,
      withoutOutcome: calls.filter(({ contact }) => !ended.has(contact)).length,
    },
    'coverage',
  );
}

function checkAgents(
  t: Test,
  data: RecordsData,
  one: Wanted,
  report: Awaited<ReturnType<typeof agentsReport>>,
): void {
  const contacts = contactsOf(data, one);
  const ids = new Set(contacts.map(({ contact }) => contact));
  const usages = data.usages.filter((usage) => usage.kind === 'agent' && ids.has(usage.decision_id));
  const shown = shownOf(data, contacts).filter((s) => s.exposure.kind === 'agent' && s.isPresented);
  const centreOf = (destination: string): string => destination.split('/')[0] ?? '';
  const keys = new Set([
    ...usages.map((usage) => `${centreOf(usage.destination)} ${usage.agent ?? '~'}`),
    ...shown.map(({ exposure }) => `${exposure.centre ?? ''} ${exposure.agent ?? '~'}`),
  ]);
  t.strictSame(
    report.agents.map(({ centre, agent }) => `${centre} ${agent ?? '~'}`),
    [...keys].sort(),
  );
  for (const row of report.agents) {
    const talks = usages.filter((u) => u.agent === row.agent && centreOf(u.destination) === row.centre);
    const own = shown.filter(({ exposure: e }) => e.agent === row.agent && (e.centre ?? '') === row.centre);
    const { presented, accepted, declined, callback, value, noDisposition } = countsOf(data, own);
    const talked = new Set(talks.map((usage) => usage.decision_id));
    const had = new Set([...talked, ...own.map(({ exposure }) => exposure.decision_id)]);
    const expected = {
      calls: had.size,
      ...{ presented, accepted, declined, callback, value },
      agentSeconds: talks.reduce((sum, usage) => sum + usage.seconds, 0),
      handled: talked.size,
      open: noDisposition,
      autoWrapped: own.filter(({ disposition }) => disposition?.source === 'auto').length,
      corrections: own.reduce((sum, { disposition }) => sum + (disposition?.revision ?? 1) - 1, 0),
    };
    sameNumbers(t, row, expected, `${row.centre} ${row.agent ?? '~'}`);
  }
}

function checkPartners(
  t: Test,
  data: RecordsData,
  one: Wanted,
  report: Awaited<ReturnType<typeof partnersReport>>,
): void {
  const contacts = contactsOf(data, one);
  for (const partner of ['acme', 'borealis']) {
    const own = contacts.filter((contact) => contact.partner === partner);
    const row = report.partners.find((each) => each.partner === partner);
    if (own.length === 0) {
      t.equal(row, undefined);
      continue;
    }
    const ids = new Set(own.map(({ contact }) => contact));
    const outcomes = data.outcomes.filter((outcome) => ids.has(outcome.decision_id));
    const answered = outcomes.filter((outcome) => outcome.result === 'success');
    const destinations: Record<string, number> = {};
    for (const { destination } of answered)
      if (destination !== null) destinations[destination] = (destinations[destination] ?? 0) + 1;
    const seconds = (kind: string): number =>
      data.usages
        .filter((usage) => ids.has(usage.decision_id) && usage.kind === kind)
        .reduce((sum, usage) => sum + usage.seconds, 0);
    const { presented, accepted, value } = countsOf(data, shownOf(data, own));
    sameNumbers(
      t,
      row ?? {},
      {
        calls: outcomes.length,
        answered: answered.length,
        agentSeconds: seconds('agent'),
        ivrSeconds: seconds('ivr'),
        ...{ presented, accepted, value },
      },
      partner,
    );
    t.same(row?.destinations, destinations);
  }
}

function checkArms(
  t: Test,
  data: RecordsData,
  one: Wanted,
  report: Awaited<ReturnType<typeof armsReport>>,
): void {
  const contacts = contactsOf(data, one);
  const partners = [...new Set(contacts.map(({ partner }) => partner))].filter((p) => p !== null).sort();
  t.strictSame(
    report.comparisons.map(({ partner }) => partner),
    partners,
  );
  for (const { partner, offer, control, uplift } of report.comparisons) {
    const reference = (arm: string): ReferenceArm => armOf(data, contacts, { partner, arm });
    checkArm(t, offer, reference('offer'));
    checkArm(t, control, reference('control'));
    const perCall = (arm: ReferenceArm): number => {
      const calls = arm.customers.flat();
      return calls.reduce((sum, call) => sum + call.value, 0) / calls.length;
    };
    near(
      t,
      uplift.valuePerCall?.estimate ?? NaN,
      perCall(reference('offer')) - perCall(reference('control')),
      'uplift',
    );
  }
  const arms = partners.flatMap((partner) =>
    ['none', 'offer', 'control'].map((arm) => ({ arm, ...armOf(data, contacts, { partner, arm }) })),
  );
  const none = arms.filter(({ arm }) => arm === 'none').flatMap(({ customers }) => customers.flat());
  t.equal(report.inNoArm, none.length);
  const names = (partner: string, arm: string): readonly string[] =>
    armOf(data, contacts, { partner, arm }).names.filter((name) => !name.startsWith('alone'));
  const both = partners.flatMap((partner) =>
    names(partner, 'offer').filter((name) => names(partner, 'control').includes(name)),
  );
  t.equal(report.inBothArms, both.length);
}

/** The spread of whole customers about the ratio, from each customer's own sums. */
function checkArm(t: Test, found: ArmSums | undefined, { customers }: ReferenceArm): void {
  t.equal(found?.customers, customers.length);
  if (found === undefined) return;
  const measures = {
    valuePerCall: customers.map((calls) => ({ x: sum(calls.map((c) => c.value)), n: calls.length })),
    valuePerCustomer: customers.map((calls) => ({ x: sum(calls.map((c) => c.value)), n: 1 })),
    acceptance: customers.map((calls) => ({ x: sum(calls.map((c) => c.accepted)), n: calls.length })),
    abandonment: customers.map((calls) => ({ x: sum(calls.map((c) => c.abandoned)), n: calls.length })),
    handlingSeconds: customers
      .map((calls) => calls.flatMap((c) => (c.seconds === undefined ? [] : [c.seconds])))
      .filter((seconds) => seconds.length > 0)
      .map((seconds) => ({ x: sum(seconds), n: seconds.length })),
  };
  for (const [name, rows] of Object.entries(measures)) {
    const measure = name as keyof typeof measures;
    const [x, n, count] = [sum(rows.map((r) => r.x)), sum(rows.map((r) => r.n)), rows.length];
    const residuals = rows.map((r) => (r.x - (x / n) * r.n) ** 2);
    const mean = armMean(found, measure);
    near(t, mean?.mean ?? NaN, x / n, `${name} mean`);
    near(t, mean?.variance ?? NaN, ((count / (count - 1)) * sum(residuals)) / n ** 2, `${name} variance`);
    t.equal(clustersOf(found, measure).clusters, count);
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, one) => total + one, 0);
}

t.setTimeout(300_000);
