// proffer strategies and generations as people run them: files in, tables and exit codes out.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Command } from 'commander';
import t from 'tap';
import { explainCommand } from '../../src/cli/explain.js';
import { failureLines } from '../../src/cli/failure.js';
import { generationsCommand } from '../../src/cli/generations.js';
import { strategiesCommand } from '../../src/cli/strategies.js';
import { openUncached } from '../support/strategies.js';

t.setTimeout(300_000);

const directory = mkdtempSync(join(tmpdir(), 'proffer-strategies-'));
t.teardown(() => rmSync(directory, { recursive: true, force: true }));

process.env['PROFFER_DATA_DIR'] = join(directory, 'data');
delete process.env['REDIS_URL'];

interface Outcome {
  readonly status: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in this process, with what it prints kept. */
async function proffer(...args: readonly string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const real = {
    stdout: process.stdout.write.bind(process.stdout),
    stderr: process.stderr.write.bind(process.stderr),
  };
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (chunk: string | Uint8Array) => {
      written[name] += String(chunk);
      return true;
    };
  }
  process.exitCode = 0;
  try {
    await new Command('proffer')
      .addCommand(strategiesCommand())
      .addCommand(generationsCommand())
      .addCommand(explainCommand())
      .parseAsync([...args], { from: 'user' });
  } catch (error) {
    written.stderr += failureLines(error).join('\n');
    process.exitCode = 1;
  } finally {
    process.stdout.write = real.stdout;
    process.stderr.write = real.stderr;
  }
  const outcome = { status: process.exitCode, ...written };
  process.exitCode = undefined;
  return outcome;
}

const strategies = (...args: readonly string[]): Promise<Outcome> => proffer('strategies', ...args);
const generations = (...args: readonly string[]): Promise<Outcome> => proffer('generations', ...args);

const program = `
import { strategiesCommand } from ${JSON.stringify(new URL('../../src/cli/strategies.js', import.meta.url).href)};
await strategiesCommand().parseAsync();`;

/** The same in a process of its own, which can be given a standard input. */
function strategiesFrom(input: string, ...args: readonly string[]): Outcome {
  const command = ['--input-type=module', '-e', program, '--', ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8', input });
}

function line(customer: string, phones: readonly string[], change: object = {}): string {
  const offers = [{ offer: 'ACME-SAVER', propensity: 0.2, value: 60 }];
  return JSON.stringify({ partner: 'acme', customer, phones, flags: [], offers, ...change });
}

t.test('demo customers are published, listed and shown', async (t) => {
  t.match(await strategies('list'), { status: 0, stdout: /no generation in LMDB in/ });
  t.match(await strategies('demo', '--customers', '100'), { status: 0, stdout: /acme.*[\s\S]*borealis/ });
  t.match(await strategies('list'), { status: 0, stdout: /acme.*current/ });
  const shown = await strategies('show', '--phone', '+1 (555) 010-0001');
  t.match(shown, {
    status: 0,
    stdout: /at acme is customer A[\s\S]*ACME-PLATINUM[\s\S]*at borealis[\s\S]*BOR-FIBRE/,
  });
  const customer = /is customer (A\d+)/.exec(shown.stdout)?.[1] ?? '';
  t.match(await strategies('show', '--customer', customer), { status: 0, stdout: /\+15550100001 at acme/ });
  t.match(await strategies('show', '--phone', '+15550100004'), {
    status: 0,
    stdout: /shared by 2 customers/,
  });
  t.match(await strategies('show', '--phone', '+15550100099'), {
    status: 1,
    stderr: /no strategy for \+15550100099/,
  });
  t.match(await strategies('show', '--phone', '5550100'), {
    status: 1,
    stderr: /not a number in E\.164 form/,
  });
  t.match(await strategies('show'), { status: 1, stderr: /one of --phone and --customer/ });
  const json = JSON.parse((await strategies('show', '--phone', '+15550100005', '--json')).stdout) as unknown;
  t.match(json, { found: [{ kind: 'customer', strategy: { flags: { optOut: true } } }] });
});

t.test('what was learned of a customer is told, with the strategy as it is then', async (t) => {
  const before = await strategies('show', '--phone', '+15550100001', '--partner', 'acme');
  t.notMatch(before.stdout, /learned/);
  const customer = /is customer (A\d+)/.exec(before.stdout)?.[1] ?? '';
  const at = Date.UTC(2026, 0, 20);
  const until = Date.UTC(2126, 0, 20);
  const store = await openUncached({ dataDir: join(directory, 'data'), redisUrl: undefined });
  const offer = { effect: 'withheld', offerCode: 'ACME-PLATINUM', reason: 'declined', at, until } as const;
  const state = { partner: 'acme', customer, revision: 3, alerts: undefined, expiresAt: until };
  await store.learned.put([{ ...state, offers: [offer] }]);
  t.match(await strategies('show', '--phone', '+15550100001', '--partner', 'acme'), {
    status: 0,
    stdout:
      /ACME-PLATINUM[\s\S]*learned since the ranking:\n {2}ACME-PLATINUM: not made, declined 2026-01-20, until 2126-01-20\nthe strategy with it \(flags: none\):\n(?![\s\S]*ACME-PLATINUM)[\s\S]*ACME-SAVER/,
  });
  const json = await strategies('show', '--phone', '+15550100001', '--partner', 'acme', '--json');
  t.match(JSON.parse(json.stdout), {
    found: [
      {
        strategy: { offers: [{ offerCode: 'ACME-PLATINUM' }, { offerCode: 'ACME-SAVER' }] },
        learned: { learned: { revision: 3 }, strategy: { suppressed: [{ reason: 'declined' }] } },
      },
    ],
  });
  t.match(await proffer('explain', '--from', '+15550100001', '--to', '+18005550100'), {
    stdout: /removed: ACME-PLATINUM \(declined 2026-01-20, until\s+2126-01-20\)/,
  });
  await store.learned.put([{ ...state, revision: 4, offers: [{ ...offer, offerCode: 'GONE' }] }]);
  t.match(await strategies('show', '--customer', customer), {
    stdout: /which changes nothing of the strategy/,
  });
  await store.learned.put([{ ...state, revision: 5, offers: [] }]);
  t.match(await strategies('show', '--customer', customer), {
    stdout: /nothing that was learned .* holds any more/,
  });
  await store.close();
});

t.test('what demo writes, load takes', async (t) => {
  const file = join(directory, 'demo.ndjson.gz');
  t.match(await strategies('demo', '--customers', '500', '--out', file), { status: 0 });
  t.match(await strategies('load', file), { status: 0, stdout: /500 lines published to LMDB.*0 refused/ });
  t.notOk(existsSync(`${file}.refused.ndjson`));
});

t.test('lines that are wrong are told with line, field and reason, the rest is published', async (t) => {
  const file = join(directory, 'mixed.ndjson');
  const wrong = Array.from({ length: 25 }, (_, n) => line(`W${n}`, ['5550100']));
  const lines = [
    line('A1', ['+15550300001', '+15550300002']),
    'nonsense',
    '',
    line('A2', ['+15550300002']),
    line('A3', ['+15550300003'], { offers: [{ offer: 'ACME-NOPE', propensity: 0.1, value: 1 }] }),
    line('A4', ['+15550300004'], { partner: 'borealis' }),
    ...wrong,
  ];
  writeFileSync(file, gzipSync(lines.join('\n')));
  const loaded = await strategies('load', file, '--partner', 'acme');
  t.equal(loaded.status, 2);
  t.match(loaded.stdout, /2 lines published to LMDB.*28 refused/);
  t.match(loaded.stderr, /^line 2: is not JSON$/m);
  t.match(loaded.stderr, /^line 5: offers\[0\]\.offer ACME-NOPE is not in the settings$/m);
  t.match(
    loaded.stderr,
    /^line 6: partner is borealis|^line 6: offers\[0\]\.offer ACME-SAVER is an offer of acme/m,
  );
  t.match(loaded.stderr, /^line 7: phones\[0\] must be a number in E\.164 form/m);
  t.match(loaded.stderr, /^and 8 more$/m);
  const refused = readFileSync(`${file}.refused.ndjson`, 'utf8').trim().split('\n');
  t.equal(refused.length, 28);
  t.match(JSON.parse(refused[0] ?? ''), { line: 2, reason: 'is not JSON', text: 'nonsense' });
  t.match(await strategies('show', '--phone', '+15550300002'), {
    status: 0,
    stdout: /shared by 2 customers[\s\S]*A1\s+A2/,
  });
  t.match(
    await strategies('show', '--phone', '+15550100001', '--partner', 'acme'),
    { status: 1 },
    'replaced as a whole',
  );
});

t.test('standard input, JSON output and another file for what is refused', async (t) => {
  const refused = join(directory, 'elsewhere.ndjson');
  const input = `${line('A1', ['+15550300001'], { flags: { fraud: true } })}\n{}\n`;
  const loaded = strategiesFrom(input, 'load', '-', '--json', '--refused', refused);
  t.equal(loaded.status, 2);
  t.match(JSON.parse(loaded.stdout), {
    ok: true,
    lines: 2,
    accepted: 1,
    refused: 1,
    refusedFile: refused,
    firstRefused: [{ line: 2, field: 'partner' }],
    published: [{ partner: 'acme', strategies: 1, phones: 1 }],
    failed: [],
  });
  t.ok(existsSync(refused));
});

t.test('with nothing to publish, what was there still serves', async (t) => {
  const cut = join(directory, 'cut.ndjson.gz');
  const whole = gzipSync(
    Array.from({ length: 1000 }, (_, n) => line(`C${n}`, [`+1555040${1000 + n}`])).join('\n'),
  );
  writeFileSync(cut, whole.subarray(0, whole.length - 20));
  t.match(await strategies('load', cut), { status: 1, stderr: /cut\.ndjson\.gz: unexpected end of file/ });
  t.match(await strategies('load', join(directory, 'none')), {
    status: 1,
    stderr: /ENOENT.*nothing was published/,
  });
  t.match(await strategies('load', directory), { status: 1, stderr: /EISDIR/ });
  t.match(strategiesFrom('{}\n', 'load', '-', '--refused', '/dev/null'), {
    status: 1,
    stderr: /nothing was published/,
  });
  t.match(strategiesFrom('', 'load', '-'), { status: 1, stderr: /there is no line to load/ });
  t.match(await strategies('show', '--phone', '+15550300001', '--partner', 'acme'), {
    status: 0,
    stdout: /flags: fraud/,
  });
});

t.test('generations are listed, swapped back and dropped, and what cannot be is told', async (t) => {
  const dataDir = process.env['PROFFER_DATA_DIR'] ?? '';
  const own = async () =>
    (
      JSON.parse((await generations('list', '--partner', 'borealis', '--json')).stdout) as {
        generations: { state: string; generation: { generation: number } }[];
      }
    ).generations.map((one) => [one.generation.generation, one.state] as const);
  t.match(await generations('list', '--partner', 'nobody'), { stdout: /no generation of nobody in LMDB/ });
  const store = await openUncached({ dataDir, redisUrl: undefined });
  const row = { phones: ['+15550900001'], flags: {} as never, offers: [], partner: 'borealis' };
  const publish = async (customer: string, options: object) => {
    const { generation } = await store.writer.publish('borealis', [{ ...row, customer }], undefined, options);
    return String(generation.generation);
  };
  const first = await publish('B1', { maxAgeMs: 1, runId: 'nightly 1' });
  const second = await publish('B2', { keepRetired: 5, runId: 'nightly 2' });
  await store.close();

  const listed = await generations('list', '--partner', 'borealis');
  t.match(listed, { status: 0, stdout: /PARTNER +GENERATION +STATE/ });
  t.match(
    listed.stdout,
    new RegExp(`borealis +${second} +current .* nightly 2\n.*borealis +${first} +retired`),
  );

  const swapped = await generations('swap', first, '--partner', 'borealis');
  t.match(swapped, {
    status: 0,
    stdout: `generation ${first} of borealis is current; generation ${second} is retired\n`,
    stderr: /is 0 s old and its maxAge is 0 s: no offer is made from it|maxAge/,
  });
  t.match(await strategies('show', '--phone', '+15550900001'), { stdout: /customer B1/ });
  t.match(await generations('list'), { stdout: /borealis +\d+ +current, outdated/ });
  t.match(JSON.parse((await generations('swap', second, '--partner', 'borealis', '--json')).stdout), {
    ok: true,
    current: Number(second),
    replaced: Number(first),
    isOutdated: false,
  });

  const before = await own();
  const refusals: [string[], RegExp][] = [
    [['swap', second, '--partner', 'borealis'], /is current already/],
    [['swap', '99999', '--partner', 'borealis'], /is not there; of borealis there are .*\d+ \(current\)/],
    [['swap', '99999', '--partner', 'nobody'], /partner nobody has no generation/],
    [['swap', second, '--partner', 'acme'], /is of borealis, not of acme/],
    [['drop', second, '--partner', 'borealis'], /is current; swap another one in first/],
    [['drop', first, '--partner', 'acme'], /is of borealis, not of acme/],
    [['drop', first, '--partner', 'borealis'], /was replaced just now; routers may still read it for \d+ s/],
  ];
  for (const [args, stderr] of refusals)
    t.match(await generations(...args), { status: 1, stderr }, args.join(' '));
  t.same(await own(), before, 'nothing was changed');

  const later = await openUncached({ dataDir, redisUrl: undefined }, { graceMs: 0 });
  t.match(await later.writer.drop('borealis', Number(first)), { strategies: 1 });
  await later.close();
  t.notOk((await own()).some(([number]) => String(number) === first));
});
