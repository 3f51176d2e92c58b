import t from 'tap';
import { SettingsWatcher } from '../../src/config/index.js';
import type { Settings, WatchedFiles } from '../../src/config/index.js';
import { parseSettings } from '../../src/config/load.js';
import type { SettingsResult } from '../../src/config/load.js';
import { FakeClock } from '../support/fake-clock.js';
import { edited, noEnvironment, shippedTexts } from './shipped.js';
import type { Edit } from './shipped.js';

/** Files in memory; a test writes to them and says when events come. */
class FakeFiles implements WatchedFiles {
  loads = 0;
  watches = 0;
  /** Runs while a load is under way. */
  onLoad: (() => void) | undefined;
  #version = 0;
  #result: SettingsResult = parseSettings(shippedTexts, noEnvironment);
  #onEvent: (() => void) | undefined;

  write(...edits: readonly Edit[]): void {
    this.#version += 1;
    this.#result = parseSettings(edited(edits), noEnvironment);
  }

  event(): void {
    this.#onEvent?.();
  }

  signature(): Promise<string> {
    return Promise.resolve(String(this.#version));
  }

  load(): Promise<SettingsResult> {
    this.loads += 1;
    const result = this.#result;
    this.onLoad?.();
    return Promise.resolve(result);
  }

  watch(onEvent: () => void): () => void {
    this.watches += 1;
    this.#onEvent = onEvent;
    return () => (this.#onEvent = undefined);
  }
}

const value = (to: number): Edit => ({ file: 'offers.yaml', from: 'value: 180', to: `value: ${to}` });
const typo: Edit = { file: 'offers.yaml', from: 'value: 180', to: 'valeu: 180' };

function setUp(): {
  clock: FakeClock;
  files: FakeFiles;
  watcher: SettingsWatcher;
  settings: Settings;
  seen: string[];
  pass: (ms: number) => Promise<void>;
} {
  const clock = new FakeClock();
  const files = new FakeFiles();
  const first = parseSettings(shippedTexts, noEnvironment);
  if (!first.ok) throw new Error('the shipped settings are refused');
  const { settings } = first;
  const watcher = new SettingsWatcher({
    settings,
    files,
    clock,
    onListenerError: (error) => {
      throw error;
    },
  });
  const seen: string[] = [];
  watcher.events.on('changed', ({ files, needRestart }) => {
    seen.push(['changed', ...files, ...needRestart].join(' '));
  });
  watcher.events.on('refused', (problems) =>
    seen.push(`refused ${problems.map((one) => one.field).join(' ')}`),
  );
  watcher.events.on('restored', () => seen.push('restored'));
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await watcher.idle();
  };
  watcher.start();
  return { clock, files, watcher, settings, seen, pass };
}

t.test('a change is swapped in once the files are at rest', async (t) => {
  const { files, watcher, settings, seen, pass } = setUp();
  files.write(value(190));
  files.event();
  await pass(199);
  t.equal(files.loads, 0);
  t.equal(watcher.settings, settings);
  await pass(1);
  t.strictSame(seen, ['changed offers.yaml']);
  t.equal(watcher.settings.offers.offers[0]?.value, 190);
  t.not(watcher.settings, settings);
  await watcher.stop();
});

t.test('a burst of events is one reload', async (t) => {
  const { files, watcher, seen, pass } = setUp();
  for (let index = 0; index < 10; index++) {
    files.write(value(181 + index), { file: 'trunks.yaml', from: 'action: proxy', to: 'action: redirect' });
    files.event();
    await pass(150);
  }
  await pass(200);
  t.equal(files.loads, 1);
  t.strictSame(seen, ['changed trunks.yaml offers.yaml']);
  await watcher.stop();
});

t.test('a change that is wrong is refused, said once, and the old settings stay', async (t) => {
  const { files, watcher, settings, seen, pass } = setUp();
  files.write(typo);
  files.event();
  await pass(200);
  files.event();
  await pass(200);
  await pass(60_000);
  t.strictSame(seen, ['refused offers[0].value offers[0].valeu']);
  t.equal(watcher.settings, settings);

  files.write();
  files.event();
  await pass(200);
  t.strictSame(seen.slice(1), ['restored']);
  t.equal(watcher.settings, settings);
  await watcher.stop();
});

t.test('a refusal that is mended is a change', async (t) => {
  const { files, watcher, seen, pass } = setUp();
  files.write(typo);
  files.event();
  await pass(200);
  files.write(value(7));
  files.event();
  await pass(200);
  t.strictSame(seen, ['refused offers[0].value offers[0].valeu', 'changed offers.yaml']);
  await watcher.stop();
});

t.test('content that means the same makes no event', async (t) => {
  const { files, watcher, settings, seen, pass } = setUp();
  files.write({ file: 'offers.yaml', from: 'value: 180', to: 'value: 180.0 # as before' });
  files.event();
  await pass(200);
  t.equal(files.loads, 1);
  t.strictSame(seen, []);
  t.equal(watcher.settings, settings);
  await watcher.stop();
});

t.test('what waits for the next start is named', async (t) => {
  const { files, watcher, seen, pass } = setUp();
  files.write(
    { file: 'proffer.yaml', from: 'sip:127.0.0.1:5060', to: 'sip:0.0.0.0:5060' },
    { file: 'proffer.yaml', from: 'port: 8080', to: 'port: 8081' },
    { file: 'proffer.yaml', from: 'level: info', to: 'level: debug' },
  );
  files.event();
  await pass(200);
  t.strictSame(seen, ['changed proffer.yaml sip.listen http log']);
  await watcher.stop();
});

t.test('where no event comes, polling finds the change and the watch is opened anew', async (t) => {
  const { files, watcher, seen, pass } = setUp();
  await pass(5000);
  t.equal(files.loads, 1, 'the first poll looks for what changed since loading');
  await pass(5000);
  t.equal(files.loads, 1, 'then only changed files are read');
  files.write(value(3));
  await pass(5000);
  t.strictSame(seen, ['changed offers.yaml']);
  t.equal(files.watches, 2);
  await watcher.stop();
});

t.test('files that are written while they are read are read again', async (t) => {
  const { files, watcher, seen, pass } = setUp();
  files.write(value(1));
  files.onLoad = () => {
    files.onLoad = undefined;
    files.write(value(2));
  };
  files.event();
  await pass(200);
  t.strictSame(seen, []);
  await pass(200);
  t.strictSame(seen, ['changed offers.yaml']);
  t.equal(watcher.settings.offers.offers[0]?.value, 2);
  await watcher.stop();
});

t.test('reload reads at once and says what came of it', async (t) => {
  const { files, watcher, seen } = setUp();
  t.same(await watcher.reload(), { kind: 'unchanged' });
  files.write(value(5));
  t.match(await watcher.reload(), { kind: 'changed', files: ['offers.yaml'], needRestart: [] });
  files.write(typo);
  t.match(await watcher.reload(), { kind: 'refused', problems: [{ line: 27 }, { line: 32 }] });
  await watcher.reload();
  t.strictSame(
    seen,
    ['changed offers.yaml', ...Array<string>(2).fill('refused offers[0].value offers[0].valeu')],
    'who asks is told again',
  );
  await watcher.stop();
});

t.test('after stop there is no event and no timer', async (t) => {
  const { clock, files, watcher, seen, pass } = setUp();
  files.write(value(5));
  files.event();
  clock.advance(200);
  await watcher.stop();
  await pass(60_000);
  t.strictSame(seen, []);
  t.strictSame(clock.running, []);
});
