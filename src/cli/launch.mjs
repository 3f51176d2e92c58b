// What `npm start` and `npm run proffer` run on a clone of any age: installs and builds what is missing or out of
// date, then hands over to the built command line in this same process. Plain JavaScript: nothing is built yet.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const lock = join(root, 'package-lock.json');
const installedMark = join(root, 'node_modules', '.proffer-lock.json');
const buildInfo = join(root, 'dist', '.tsbuildinfo');
const entry = join(root, 'dist', 'src', 'cli', 'main.js');
const pages = join(root, 'src', 'console', 'ui');
const builtPages = join(root, 'dist', 'console', 'index.html');

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function run(what, command, args) {
  process.stderr.write(`${what} ...\n`);
  const started = Date.now();
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] });
  if (result.status !== 0) fail(`${what} failed: ${command} ${args.join(' ')}`);
  process.stderr.write(`${what}: done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}

function newest(folder, ending = '') {
  let latest = 0;
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, item.name);
    const time = item.isDirectory()
      ? newest(path, ending)
      : item.name.endsWith(ending)
        ? statSync(path).mtimeMs
        : 0;
    if (time > latest) latest = time;
  }
  return latest;
}

function install() {
  const wanted = readFileSync(lock, 'utf8');
  if (existsSync(installedMark) && readFileSync(installedMark, 'utf8') === wanted) return;
  run('installing packages', 'npm', [
    'ci',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ]);
  writeFileSync(installedMark, wanted);
}

function build() {
  const sources = Math.max(
    newest(join(root, 'src'), '.ts'),
    newest(join(root, 'test'), '.ts'),
    statSync(join(root, 'tsconfig.json')).mtimeMs,
  );
  if (existsSync(entry) && existsSync(buildInfo) && statSync(buildInfo).mtimeMs >= sources) return;
  run('building', process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', root]);
}

/** The pages of the console; what they share with the server are types alone. */
function buildPages() {
  const sources = Math.max(newest(pages), statSync(lock).mtimeMs);
  if (existsSync(builtPages) && statSync(builtPages).mtimeMs >= sources) return;
  run('building the console', process.execPath, [
    join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
    'build',
    '--config',
    join(pages, 'vite.config.ts'),
    '--logLevel',
    'warn',
  ]);
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`Node.js 20.19 or newer is needed; this is ${process.versions.node}`);
}
install();
build();
buildPages();
if (process.argv[2] !== '--build-only') await import(entry);
