import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { checkCommand } from '../../src/cli/check.js';
import { settingsSummary } from '../../src/cli/check-summary.js';
import { loadSettings, readEnvironment } from '../../src/config/index.js';
import { CertificateFolder } from '../support/certificates.js';
import { repositoryRoot } from '../support/repository-root.js';

const shipped = join(repositoryRoot, 'config');

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: unknown;
}

async function run(t: Test, ...args: readonly string[]): Promise<Run> {
  const stdout = t.capture(process.stdout, 'write');
  const stderr = t.capture(process.stderr, 'write');
  await checkCommand().parseAsync(args, { from: 'user' });
  const text = (calls: readonly { readonly args: readonly unknown[] }[]): string =>
    calls.map((one) => String(one.args[0])).join('');
  const { exitCode } = process;
  process.exitCode = 0;
  const output = { stdout: text(stdout()), stderr: text(stderr()), exitCode };
  stdout.restore();
  stderr.restore();
  return output;
}

function broken(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'proffer-check-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  for (const name of ['proffer', 'trunks', 'partners', 'centres', 'offers']) {
    cpSync(join(shipped, `${name}.yaml`), join(directory, `${name}.yaml`));
  }
  const offers = join(directory, 'offers.yaml');
  const text = readFileSync(offers, 'utf8').replace('east/acme-sales', 'east/acme-salez');
  writeFileSync(offers, text.replace('value: 180', 'value: -1'));
  return directory;
}

t.test('valid settings are summed up on standard output', async (t) => {
  const { stdout, stderr, exitCode } = await run(t, '--config', shipped);
  t.equal(exitCode, 0);
  t.equal(stderr, '');
  t.match(stdout, '1 trunk, 2 partners, 2 centres, 7 queues, 2 IVR programs, 8 offers\n');
  t.match(stdout, /^ {2}ACME-SAVER +acme +sales +60 +agent: east\/acme-sales, west\/acme-sales$/m);
  t.match(
    stdout,
    /^ {2}acme +3 +48 h +customers: data\/demo\/acme\/customers.parquet +ACME-PLATINUM: acme-platinum$/m,
  );
  t.match(stdout, `Records are in data/records (embedded)\n`);
  t.match(stdout, `${shipped} is valid\n`);
});

t.test('problems are lines on standard error', async (t) => {
  const directory = broken(t);
  const { stdout, stderr, exitCode } = await run(t, '-c', directory);
  t.equal(exitCode, 1);
  t.equal(stdout, '');
  const field = 'offers[0].presentations[0].destinations[0]';
  t.strictSame(stderr.split('\n'), [
    `${directory}/offers.yaml:32: offers[0].value: -1 is not a number from 0 to 1000000 (net present value of a sale, in the partner’s currency)`,
    `${directory}/offers.yaml:40: ${field}: "east/acme-salez" is no queue of any centre; did you mean "east/acme-sales"?`,
    `2 problems in ${directory}`,
    '',
  ]);
});

t.test('--json', async (t) => {
  const good = await run(t, '--config', shipped, '--json');
  t.equal(good.exitCode, 0);
  t.same(JSON.parse(good.stdout), {
    ok: true,
    configDir: shipped,
    records: 'in data/records (embedded)',
    totals: { trunks: 1, partners: 2, centres: 2, queues: 7, ivrPrograms: 2, products: 8, offers: 8 },
  });
  const directory = broken(t);
  const bad = await run(t, '--config', directory, '--json');
  t.equal(bad.exitCode, 1);
  t.equal(bad.stderr, '');
  t.match(JSON.parse(bad.stdout), {
    ok: false,
    configDir: directory,
    problems: [
      { file: join(directory, 'offers.yaml'), line: 32, column: 12, field: 'offers[0].value' },
      { file: join(directory, 'offers.yaml'), line: 40, column: 24 },
    ],
  });
});

t.test('rules and formulas are checked against the columns of the sources, all of them', async (t) => {
  const directory = broken(t);
  cpSync(join(shipped, 'offers.yaml'), join(directory, 'offers.yaml'));
  const ranking = readFileSync(join(shipped, 'ranking.yaml'), 'utf8');
  const edited = ranking
    .replace('rule: age >= 21 and', 'rule: agee >= 21 and')
    .replace('20 + least', '20 + leest');
  writeFileSync(join(directory, 'ranking.yaml'), edited);
  const { stdout, stderr, exitCode } = await run(t, '-c', directory);
  t.equal(exitCode, 1);
  t.equal(stdout, '');
  t.strictSame(stderr.split('\n'), [
    `${directory}/ranking.yaml: rankings[0].offers[0].eligibility.rule: there is no column agee; did you mean "age"? at "agee >= 21 and incom" (character 1)`,
    `${directory}/ranking.yaml: rankings[0].offers[2].value.formula: the function leest is not allowed at "leest(120, 0.004 * g" (character 6)`,
    `2 problems in ${directory}`,
    '',
  ]);
});

t.test('a variable that is wrong is a problem like any other', async (t) => {
  t.teardown(() => delete process.env['PROFFER_SIP_PORT']);
  process.env['PROFFER_SIP_PORT'] = 'sip';
  const { stderr, exitCode } = await run(t, '--config', shipped);
  t.equal(exitCode, 1);
  t.equal(
    stderr,
    'environment: PROFFER_SIP_PORT: "sip" is not a port: a whole number from 0 to 65535\n1 problem\n',
  );
});

t.test('the summary fits the terminal, and no word is cut', (t) => {
  const result = loadSettings(shipped, readEnvironment({}));
  if (!result.ok) throw new Error('the shipped settings are refused');
  for (const columns of [80, 100, 120]) {
    const lines = settingsSummary(result.settings, columns).split('\n');
    t.strictSame(
      lines.filter((line) => line.length > columns),
      [],
      `${columns} columns`,
    );
    for (const word of [
      'sip:overflow@127.0.0.1:5092',
      'ACME-PLATINUM',
      'west/borealis-sales,',
      '+18005550200',
    ]) {
      t.ok(
        lines.some((line) => line.includes(word)),
        `${word} in ${columns} columns`,
      );
    }
  }
  const narrow = settingsSummary(result.settings, 20);
  t.match(narrow, 'sip:overflow@127.0.0.1:5092', 'too narrow a terminal breaks lines, it loses nothing');
  t.end();
});

t.test('kill switches are shown', (t) => {
  const result = loadSettings(shipped, readEnvironment({}));
  if (!result.ok) throw new Error('the shipped settings are refused');
  const { settings } = result;
  t.notMatch(settingsSummary(settings, 80), 'kill switch');
  const offers = settings.offers.offers.map((one) => ({ ...one, killSwitch: one.offer === 'BOR-TV' }));
  const killed = { ...settings, offers: { ...settings.offers, offers } };
  t.match(settingsSummary(killed, 80), 'kill switch on: BOR-TV');
  t.end();
});

t.test('a certificate that cannot be used is named', async (t) => {
  const folder = await CertificateFolder.make(t);
  const ours = await folder.leaf('ours');
  const other = await folder.leaf('other');
  const directory = mkdtempSync(join(tmpdir(), 'proffer-check-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  cpSync(shipped, directory, { recursive: true });
  const file = join(directory, 'proffer.yaml');
  const text = readFileSync(file, 'utf8');
  const check = async (key: string): Promise<Run> => {
    const tls = `  tls: { certificate: ${ours.certificate}, key: ${key} }\n`;
    writeFileSync(
      file,
      text.replace(
        /( {4}- sip:.*\n)/,
        `$1    - { uri: 'sips:0.0.0.0', advertised: sip.example.com }\n${tls}`,
      ),
    );
    return run(t, '--config', directory);
  };
  const good = await check(ours.key);
  t.equal(good.stderr, '');
  t.match(good.stdout, 'sip:127.0.0.1:5060;transport=udp,tcp, sips:0.0.0.0');
  const { stderr, exitCode } = await check(other.key);
  t.equal(exitCode, 1);
  t.match(stderr, `${file}: sip.tls.key: the key ${other.key} does not belong to the first certificate of`);
});
