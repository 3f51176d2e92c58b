// A start that cannot work ends with one clear line and a non-zero code; a reload that cannot work changes nothing.
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import t from 'tap';
import type { Test } from 'tap';
import { TestChild, waitUntil } from '../support/child-process.js';
import { CallStage, userOf } from '../support/call-stage.js';
import { freePort } from '../support/free-port.js';
import { repositoryRoot } from '../support/repository-root.js';
import { RouterProcess } from '../support/router-process.js';
import { sippMissing } from '../support/sipp.js';
import type { RouterOptions } from '../support/router-process.js';

const skip = sippMissing() ?? false;

async function refused(t: Test, options: RouterOptions, says: RegExp): Promise<void> {
  const router = await RouterProcess.launch(options);
  const guard = setTimeout(() => router.child.signal('SIGKILL'), 25_000);
  const exit = await router.child.exited;
  clearTimeout(guard);
  // Log lines are JSON and the demonstration customers may have been loaded before; the rest is for people.
  const lines = router.child.stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{'));
  t.equal(lines.length, 1, router.output);
  t.match(lines[0], says);
  t.notMatch(router.output, /\n\s+at /, 'no stack trace');
  t.equal(exit.signal, null, 'it ended by itself');
  t.not(exit.code, 0);
  await router.stop();
}

void t.test('a settings file with a typo', (t) =>
  refused(
    t,
    {
      edit: (draft) => {
        Object.assign(draft.proffer.routing ?? {}, { decisionDeadlineMS: 100 });
      },
    },
    /proffer\.yaml.*decisionDeadlineMS/,
  ),
);

void t.test('an offer that names a queue which no centre has', (t) =>
  refused(
    t,
    {
      edit: (draft) => {
        const presentation = draft.offers.offers?.[0]?.presentations?.[0];
        if (presentation !== undefined) presentation.destinations = ['east/acme-sale'];
      },
    },
    /offers\.yaml.*east\/acme-sale/,
  ),
);

void t.test('a data directory that cannot be made, even by root', (t) =>
  refused(
    t,
    { env: { PROFFER_DATA_DIR: '/proc/proffer' } },
    /data directory \/proc\/proffer .*PROFFER_DATA_DIR/,
  ),
);

void t.test('a SIP port in use, UDP', async (t) => {
  const port = await freePort();
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(port, '127.0.0.1', done));
  t.teardown(() => new Promise<void>((done) => socket.close(() => done())));
  await refused(t, { env: { PROFFER_SIP_PORT: String(port) } }, new RegExp(`${port}.*in use`));
});

void t.test('a SIP port in use, TCP', async (t) => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  t.teardown(() => new Promise<void>((done) => server.close(() => done())));
  await refused(t, { env: { PROFFER_SIP_PORT: String(port) } }, new RegExp(`${port}.*in use`));
});

void t.test('an HTTP port in use', async (t) => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  t.teardown(() => new Promise<void>((done) => server.close(() => done())));
  await refused(t, { env: { PROFFER_HTTP_PORT: String(port) } }, new RegExp(`${port}.*in use`));
});

void t.test('a data directory that cannot be written', async (t) => {
  // Below a plain file nobody can make a directory, not even root.
  const file = join(tmpdir(), `proffer-plain-file-${process.pid}`);
  writeFileSync(file, '');
  await refused(t, { dataDir: join(file, 'data') }, /data directory|proffer-plain-file/);
});

void t.test('a wrong drachtio secret', async (t) => {
  const [sip, control] = [await freePort(), await freePort()];
  const engine = new TestChild({
    command: process.execPath,
    cwd: repositoryRoot,
    args: [
      resolve(import.meta.dirname, '../../src/cli/main.js'),
      ...['engine', '--contact', `sip:127.0.0.1:${sip};transport=udp,tcp`],
      ...['--port', String(control), '--secret', 'right'],
    ],
  });
  t.teardown(() => engine.stop());
  await waitUntil('the engine listens', () => {
    if (engine.hasExited) throw new Error(engine.stderr);
    return new Promise<boolean>((done) => {
      const probe = createServer();
      probe.once('error', () => done(true));
      probe.listen(control, '127.0.0.1', () => probe.close(() => done(false)));
    });
  });
  await refused(
    t,
    {
      env: { DRACHTIO_HOST: '127.0.0.1', DRACHTIO_PORT: String(control), DRACHTIO_SECRET: 'wrong' },
    },
    /secret/,
  );
});

void t.test('a reload', { skip }, async (t) => {
  const stage = await CallStage.open();
  t.teardown(() => stage.close());
  await stage.set({ east: 'uas-answer', west: 'uas-answer', overflow: 'uas-answer' });
  const landsAt = async () => {
    const story = await stage.call('proxy', { scenario: 'uac-call' });
    return userOf(story.arrivals[0]?.invite.uri ?? '');
  };

  await t.test('with a typo is refused with its reason, and the old settings stay', async (t) => {
    const good = stage.router.settings.read('offers');
    stage.router.settings.write(
      'offers',
      good.replace('killSwitch', 'killSwich').replace('value: 180', 'value: many'),
    );
    await waitUntil('the reason is logged', () => /offers\.yaml.*value/.test(stage.router.output));
    t.equal(await landsAt(), 'acme-sales');
    stage.router.settings.write('offers', good);
  });

  await t.test('that is right is taken over while calls run', async (t) => {
    stage.router.settings.change((draft) => {
      draft.proffer.decision = { ...draft.proffer.decision, killSwitch: true };
    });
    await waitUntil('the kill switch works', async () => (await landsAt()) === 'service', 15_000, 300);
    t.equal(await landsAt(), 'service');
    stage.router.settings.change((draft) => {
      draft.proffer.decision = { ...draft.proffer.decision, killSwitch: false };
    });
    await waitUntil('offers are back', async () => (await landsAt()) === 'acme-sales', 15_000, 300);
    t.equal(await landsAt(), 'acme-sales');
  });
});
