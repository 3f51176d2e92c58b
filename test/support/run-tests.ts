// Runs the built tests with tap three at a time: agents, ringing, timeouts, and the starts of databases and browsers take longer than
// the work. Those that measure load have the machine to themselves, at the end. Prints `N passed, N failed, N skipped` as the last line.
// Arguments: built test files (dist/test/...), or none for all.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const summaryLine = /^# \{ (?<fields>.*) \}$/;

/** The counts of a whole TAP stream, from its last summary line. */
function countsOf(tapText: string): Counts {
  const last = tapText
    .split('\n')
    .map((line) => summaryLine.exec(line)?.groups?.['fields'])
    .filter((fields) => fields !== undefined)
    .at(-1);
  const fields = new Map(
    (last ?? '').split(', ').map((field) => {
      const [name = '', count = '0'] = field.split(': ');
      return [name, Number(count)] as const;
    }),
  );
  return {
    passed: fields.get('pass') ?? 0,
    failed: fields.get('fail') ?? 0,
    skipped: (fields.get('skip') ?? 0) + (fields.get('todo') ?? 0),
  };
}

/** The results of files, and of what failed the lines that say why, as a terminal's reporter would show them. */
function failuresOf(tapText: string): string {
  const lines: string[] = [];
  let following = 0;
  for (const line of tapText.split('\n')) {
    if (/^\s*not ok /.test(line)) following = 30;
    else if (/^\s*(ok |1\.\.|# Subtest)/.test(line)) following = 0;
    if (following-- > 0 || /^ok .*\.js/.test(line)) lines.push(line);
  }
  return lines.join('\n');
}

function runPhase(name: string, files: readonly string[], jobs: number): Counts {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  console.log(`${name}: ${files.length} files`);
  const output = join('dist', `results-${name}.tap`);
  rmSync(output, { force: true });
  const result = spawnSync(
    process.execPath,
    [
      'node_modules/tap/dist/esm/run.mjs',
      'run',
      `--reporter=${process.stdout.isTTY ? 'terse' : 'silent'}`,
      `--jobs=${jobs}`,
      `--output-file=${output}`,
      ...files,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const tapText = readFileSync(output, 'utf8');
  if (!process.stdout.isTTY) console.log(failuresOf(tapText));
  const counts = countsOf(tapText);
  // tap's own verdict counts too: a file that died before its first test fails the run.
  if (result.status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** Every built test whose source still exists; a file left in dist by a deleted source is no test. */
function builtTests(): string[] {
  return readdirSync(join('dist', 'test'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.js') && existsSync(join('test', path.replace(/\.js$/, '.ts'))))
    .map((path) => join('dist', 'test', path));
}

const chosen = process.argv.slice(2);
const files = (chosen.length > 0 ? chosen : builtTests()).toSorted();
const isIntegration = (file: string): boolean => file.includes('test/integration/');
/** Load for a minute, and leaks by the megabyte: a second test beside it would be seen in the figures. */
const isAlone = (file: string): boolean => /-(?:soak|minute)\.test\.js$/.test(file);
const phases = [
  runPhase(
    'unit',
    files.filter((file) => !isIntegration(file)),
    3,
  ),
  runPhase(
    'integration',
    files.filter((file) => isIntegration(file) && !isAlone(file)),
    3,
  ),
  runPhase(
    'load',
    files.filter((file) => isIntegration(file) && isAlone(file)),
    1,
  ),
];
const total = (count: keyof Counts): number => phases.reduce((sum, phase) => sum + phase[count], 0);
const [passed, failed, skipped] = [total('passed'), total('failed'), total('skipped')];
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
