// Hot reload with real files, real events of the file system and the real checking thread.
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { loadSettings, SettingsWatcher, watchedDirectory } from '../../src/config/index.js';
import type { SettingsChange, SettingsProblem, WatchedFiles } from '../../src/config/index.js';
import { systemClock } from '../../src/kernel/index.js';
import { repositoryRoot } from '../support/repository-root.js';
import { noEnvironment } from './shipped.js';

interface Running {
  readonly directory: string;
  readonly watcher: SettingsWatcher;
  change(file: string, from: string, to: string): void;
  /** As vim, VS Code and most others save: a new file in place of the old one. */
  changeByRename(file: string, from: string, to: string): void;
  nextChange(): Promise<SettingsChange>;
  /** Resolves when the files have been looked at. */
  nextLook(): Promise<void>;
  /** How often the files were read. */
  loads(): number;
  nextRefusal(): Promise<readonly SettingsProblem[]>;
}

function run(t: Test, pollIntervalMs: number, beforeStart?: (directory: string) => void): Running {
  const directory = mkdtempSync(join(tmpdir(), 'proffer-settings-'));
  const source = join(repositoryRoot, 'config');
  for (const name of ['proffer', 'trunks', 'partners', 'centres', 'offers']) {
    cpSync(join(source, `${name}.yaml`), join(directory, `${name}.yaml`));
  }
  const loaded = loadSettings(directory, noEnvironment);
  if (!loaded.ok) throw new Error('the shipped settings are refused');
  const real = watchedDirectory(directory, noEnvironment);
  let loads = 0;
  let onLook: (() => void) | undefined;
  const files: WatchedFiles = {
    signature: async () => {
      const signature = await real.signature();
      onLook?.();
      return signature;
    },
    load: () => {
      loads += 1;
      return real.load();
    },
    watch: (onEvent) => real.watch(onEvent),
  };
  const watcher = new SettingsWatcher({
    settings: loaded.settings,
    files,
    clock: systemClock,
    debounceMs: 50,
    pollIntervalMs,
    onListenerError: (error) => {
      throw error;
    },
  });
  beforeStart?.(directory);
  watcher.start();
  t.teardown(async () => {
    await watcher.stop();
    rmSync(directory, { recursive: true });
  });
  const replaced = (file: string, from: string, to: string): string =>
    readFileSync(join(directory, file), 'utf8').replace(from, to);
  return {
    directory,
    watcher,
    change: (file, from, to) => writeFileSync(join(directory, file), replaced(file, from, to)),
    changeByRename: (file, from, to) => {
      const fresh = join(directory, `${file}~`);
      writeFileSync(fresh, replaced(file, from, to));
      renameSync(fresh, join(directory, file));
    },
    nextLook: () => new Promise((resolve) => (onLook = resolve)),
    loads: () => loads,
    nextChange: () => new Promise((resolve) => watcher.events.on('changed', resolve)),
    nextRefusal: () => new Promise((resolve) => watcher.events.on('refused', resolve)),
  };
}

t.test('a file that is written in place', async (t) => {
  const running = run(t, 60_000);
  const changed = running.nextChange();
  running.change('offers.yaml', 'value: 180', 'value: 200');
  const { files, settings } = await changed;
  t.strictSame(files, ['offers.yaml']);
  t.equal(settings.offers.offers[0]?.value, 200);
  t.equal(running.watcher.settings, settings);
  t.ok(Object.isFrozen(settings.offers.offers[0]));
});

t.test('files that are replaced by rename, one after the other', async (t) => {
  const running = run(t, 60_000);
  const changed = running.nextChange();
  running.changeByRename('partners.yaml', 'serviceValue: 1', 'serviceValue: 2');
  running.changeByRename('offers.yaml', 'value: 180', 'value: 200');
  t.strictSame((await changed).files, ['partners.yaml', 'offers.yaml']);

  const again = running.nextChange();
  running.changeByRename('offers.yaml', 'value: 200', 'value: 201');
  t.strictSame((await again).files, ['offers.yaml'], 'the file in place of the old one is watched as well');
});

t.test('a typo is refused with its line; then it is mended', async (t) => {
  const running = run(t, 60_000);
  const before = running.watcher.settings;
  const refused = running.nextRefusal();
  running.change('offers.yaml', 'east/acme-sales', 'east/acme-salez');
  const [problem] = await refused;
  t.match(problem, { file: join(running.directory, 'offers.yaml'), line: 40 });
  t.equal(running.watcher.settings, before);

  const changed = running.nextChange();
  running.change('offers.yaml', 'east/acme-salez', 'west/borealis-sales');
  await changed;
  t.not(running.watcher.settings, before);
});

t.test('files that nobody touched are not read again, however often they are looked at', async (t) => {
  const running = run(t, 10);
  for (let looks = 0; looks < 5; looks++) await running.nextLook();
  t.equal(running.loads(), 0);
  const changed = running.nextChange();
  running.changeByRename('offers.yaml', 'value: 180', 'value: 200');
  await changed;
  t.ok(running.loads() > 0);
});

t.test('a change between loading and watching is found', async (t) => {
  const running = run(t, 10, (directory) => {
    const file = join(directory, 'offers.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('value: 180', 'value: 9'));
  });
  const { settings } = await running.nextChange();
  t.equal(settings.offers.offers[0]?.value, 9);
});

t.test('a directory in place of the watched one is found by polling', async (t) => {
  const running = run(t, 100);
  const changed = running.nextChange();
  const aside = `${running.directory}-old`;
  cpSync(running.directory, aside, { recursive: true });
  renameSync(running.directory, `${running.directory}-gone`);
  renameSync(aside, running.directory);
  t.teardown(() => rmSync(`${running.directory}-gone`, { recursive: true }));
  running.change('trunks.yaml', 'action: proxy', 'action: redirect');
  t.strictSame((await changed).files, ['trunks.yaml']);
});

t.test('a directory that is gone is refused', async (t) => {
  const running = run(t, 60_000);
  renameSync(running.directory, `${running.directory}-gone`);
  t.match(await running.watcher.reload(), {
    kind: 'refused',
    problems: [{ file: running.directory, line: 0 }],
  });
  renameSync(`${running.directory}-gone`, running.directory);
  t.same(await running.watcher.reload(), { kind: 'unchanged' });
});
