// Runs the built tests, each file in a process of its own, and lint beside them. Prints `N passed, N failed, N skipped` last.
// Not with tap's own runner: that loads three loaders into every process and those that it starts, 0.6 s of work for each of 400
// files, and knows no order. Arguments: built test files (dist/test/...), or none for all and lint.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { slowestFirst } from './slowest-first.js';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

interface Ended {
  readonly text: string;
  readonly isGood: boolean;
  readonly ms: number;
}

/** Files at a time, lint among them: agents, ringing, timeouts, and the starts of databases and browsers take longer than the work. */
const jobs = availableParallelism() + 2;
/** For a file that sets no time limit of its own, in seconds: much, because a machine that is busy is no fault. */
const testLimitSeconds = 300;
/** For a file that does not end, whatever its tests said. */
const fileLimitMs = 600_000;
/** Time to end for a file that has reported everything. */
const graceMs = 20_000;

const summaryLine = /^# \{ (?<fields>.*) \}$/gm;
const lastLine = /^# time=/m;

/** The counts of a whole TAP stream, from its last summary line. */
function countsOf({ text, isGood }: Ended): Counts {
  const fields = new Map(
    ([...text.matchAll(summaryLine)].at(-1)?.groups?.['fields'] ?? '').split(', ').map((field) => {
      const [name = '', count = '0'] = field.split(': ');
      return [name, Number(count)] as const;
    }),
  );
  const failed = fields.get('fail') ?? 0;
  return {
    passed: fields.get('pass') ?? 0,
    // A file that died before its first test fails the run too.
    failed: isGood ? failed : Math.max(1, failed),
    skipped: (fields.get('skip') ?? 0) + (fields.get('todo') ?? 0),
  };
}

/** Of what failed the lines that say why, as a terminal's reporter would show them. */
function failuresOf(tapText: string): string {
  const lines: string[] = [];
  let following = 0;
  for (const line of tapText.split('\n')) {
    if (/^\s*not ok /.test(line)) following = 30;
    else if (/^\s*(ok |1\.\.|# Subtest)/.test(line)) following = 0;
    if (following-- > 0) lines.push(line);
  }
  return lines.join('\n');
}

/** @param lane of `jobs`: its share of the ports that tests take (see free-port), so that files side by side take no port twice */
async function run(command: string, args: readonly string[], lane = 0): Promise<Ended> {
  const began = Date.now();
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Where CI is set, picocolors paints what no terminal shows.
    env: {
      ...process.env,
      TAP_TIMEOUT: String(testLimitSeconds),
      NO_COLOR: '1',
      TEST_LANE: `${lane}/${jobs}`,
    },
  });
  let text = '';
  let rest = '';
  let grace: NodeJS.Timeout | undefined;
  const kill = (): void => void child.kill('SIGKILL');
  const limit = setTimeout(kill, fileLimitMs);
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    if (grace === undefined && lastLine.test(part)) grace = setTimeout(kill, graceMs);
  });
  child.stderr.setEncoding('utf8').on('data', (part: string) => (rest += part));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(limit);
  clearTimeout(grace);
  const isGood = code === 0;
  return { text: isGood ? text : `${text}\n${rest}`, isGood, ms: Date.now() - began };
}

/** Every built test whose source still exists; a file left in dist by a deleted source is no test. */
function builtTests(): string[] {
  return readdirSync(join('dist', 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js') && existsSync(join('test', path.replace(/\.js$/, '.ts'))))
    .map((path) => join('dist', 'test', path));
}

const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const isIntegration = (file: string): boolean => file.includes('test/integration/');
/** Jobs that a file counts for: what calls for a minute, or 25 at once, wants room. */
const weightOf = (file: string): number => (/-(?:soak|minute)\.test\.js$/.test(file) ? 2 : 1);
let done = 0;

function report(file: string, ended: Ended): void {
  const counts = countsOf(ended);
  for (const name of ['passed', 'failed', 'skipped'] as const) total[name] += counts[name];
  done += 1;
  const line = `${counts.failed === 0 ? 'ok' : 'not ok'} ${done} - ${file} # time=${ended.ms}ms`;
  const output = join('dist', `results-${isIntegration(file) ? 'integration' : 'unit'}.tap`);
  appendFileSync(output, `# Subtest: ${file}\n${ended.text.replace(/^(?=.)/gm, '    ')}${line}\n\n`);
  console.log(line);
  if (counts.failed === 0) return;
  const failures = failuresOf(ended.text);
  console.log(failures === '' ? ended.text.slice(-3000) : failures);
}

let free = jobs;
const lanes = [...Array(jobs).keys()];
let wake: (() => void) | undefined;
const begun: Promise<void>[] = [];

/** Begins when there is room. */
async function begin(weight: number, work: (lane: number) => Promise<void>): Promise<void> {
  while (free < weight) await new Promise<void>((resolve) => (wake = resolve));
  free -= weight;
  const lane = lanes.shift() ?? 0;
  const end = (): void => {
    free += weight;
    lanes.push(lane);
    wake?.();
  };
  begun.push(work(lane).finally(end));
}

async function lint(): Promise<void> {
  const { isGood, text, ms } = await run('npm', ['run', '--silent', 'lint']);
  console.log(`${isGood ? 'ok' : 'not ok'} - lint # time=${ms}ms`);
  if (isGood) return;
  console.log(text);
  total.failed += 1;
}

for (const name of ['unit', 'integration']) rmSync(join('dist', `results-${name}.tap`), { force: true });
const chosen = process.argv.slice(2);
const files = slowestFirst(chosen.length > 0 ? chosen : builtTests());
console.log(`${files.length} files, ${jobs} at a time`);
if (chosen.length === 0) await begin(1, lint);
for (const file of files)
  await begin(weightOf(file), async (lane) => report(file, await run(process.execPath, [file], lane)));
await Promise.all(begun);
const { passed, failed, skipped } = total;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
