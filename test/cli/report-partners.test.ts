import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decisionLines } from '../../src/cli/decision-lines.js';
import { PartnerReport, shareOf } from '../../src/cli/report-partners.js';

const outcome = (at: string, partner: string | undefined, result: string, destination?: string) => ({
  type: 'outcome',
  at: `2026-11-${at}T12:00:00.000Z`,
  decisionId: 'd',
  partner,
  result,
  destination,
});
const usage = (at: string, partner: string, kind: 'agent' | 'ivr', seconds: number) => ({
  type: 'usage',
  at: `2026-11-${at}T12:00:00.000Z`,
  decisionId: 'd',
  partner,
  kind,
  seconds,
});

t.test('shares are of what the log says, day by day', async (t) => {
  const dataDir = t.testdir();
  mkdirSync(join(dataDir, 'decisions'));
  const write = (name: string, lines: readonly unknown[], tail = '') =>
    writeFileSync(
      join(dataDir, 'decisions', name),
      lines.map((one) => `${JSON.stringify(one)}\n`).join('') + tail,
    );
  write('decisions-000001.ndjson', [
    outcome('01', 'acme', 'success', 'east/sales'),
    usage('01', 'acme', 'agent', 30),
    outcome('02', 'acme', 'success', 'east/sales'),
    usage('02', 'acme', 'agent', 90.5),
    usage('02', 'acme', 'ivr', 10),
    { type: 'decision', at: '2026-11-02T12:00:00.000Z', decisionId: 'd', partner: 'acme' },
  ]);
  write(
    'decisions-000002.ndjson',
    [
      outcome('02', 'borealis', 'upstream-error'),
      outcome('02', undefined, 'client-error'),
      usage('02', 'borealis', 'agent', 29.5),
      outcome('03', 'acme', 'success', 'east/sales'),
    ],
    'null\n7\n{"type":"outcome","at":"2026-11-0',
  );
  const report = new PartnerReport(['acme', 'borealis', 'quiet'], () => 1.5);
  const day = (text: string) => Date.parse(`2026-11-${text}T00:00:00Z`);
  for await (const line of decisionLines(dataDir, day('02'), day('03'))) report.add(line);
  t.strictSame(Object.fromEntries(report.byPartner), {
    acme: { calls: 1, answered: 1, agentSeconds: 90.5, ivrSeconds: 10, cost: 1.5 },
    borealis: { calls: 1, answered: 0, agentSeconds: 29.5, ivrSeconds: 0, cost: 0 },
    quiet: { calls: 0, answered: 0, agentSeconds: 0, ivrSeconds: 0, cost: 0 },
  });
  const acme = report.byPartner.get('acme')!;
  t.equal(shareOf(report.byPartner, acme, 'calls'), 0.5);
  t.equal(shareOf(report.byPartner, acme, 'agentSeconds'), 90.5 / 120);
  t.equal(shareOf(new Map([['a', acme]]), { ...acme, cost: 0 }, 'cost'), 0);
});

t.test('no log is an error that names the directory', async (t) => {
  const lines = decisionLines(join(t.testdir(), 'none'), 0, Infinity);
  await t.rejects(lines.next(), {
    code: 'CLI_NO_DECISION_LOG',
    message: /none\/decisions.*PROFFER_DATA_DIR/,
  });
});
