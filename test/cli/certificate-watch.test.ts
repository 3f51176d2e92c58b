// Certificates that change under a running process: what is seen of the files, and when.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { CertificateWatch } from '../../src/cli/certificate-watch.js';
import { silentLogger } from '../../src/kernel/index.js';
import { FakeClock } from '../support/fake-clock.js';

t.test('a change of a file is taken over once, after a quiet second; SIGHUP needs no change', async (t) => {
  const folder = t.testdir({ 'sip.pem': 'one', 'sip.key': 'one' });
  const clock = new FakeClock();
  const end = new Date(clock.wallNow() + 3 * 86_400_000);
  let loads = 0;
  let isBroken = false;
  const lines: string[] = [];
  const log = {
    ...silentLogger,
    info: (_data: unknown, text: string) => lines.push(text),
    warn: (_data: unknown, text: string) => lines.push(text),
    error: (data: { readonly reason: string }, text: string) => lines.push(`${text}: ${data.reason}`),
  } as unknown as typeof silentLogger;
  const watch = new CertificateWatch({
    files: {
      certificate: join(folder, 'sip.pem'),
      key: join(folder, 'sip.key'),
      clientCertificates: 'ignore',
    },
    user: {
      certificateEnd: end,
      reloadCertificates: async () => {
        loads += 1;
        if (isBroken) throw new Error('no such key');
        return Promise.resolve();
      },
    },
    clock,
    log,
  });
  await watch.start();
  t.strictSame(lines.splice(0), ['sip certificate ends soon or has ended']);
  clock.advance(60_000);
  await watch.check();
  t.equal(loads, 0, 'nothing changed');
  writeFileSync(join(folder, 'new.pem'), 'two');
  renameSync(join(folder, 'new.pem'), join(folder, 'sip.pem'));
  // By the poll, if no event of the system has come before it.
  clock.advance(60_000);
  await watch.check();
  t.equal(loads, 1);
  t.strictSame(lines.splice(0), ['sip certificates taken over', 'sip certificate ends soon or has ended']);
  isBroken = true;
  await watch.check(true);
  t.strictSame(lines.splice(0), ['sip certificates not taken over, the old ones stay: no such key']);
  await watch.stop();
  t.strictSame(clock.running, [], 'and no timer is left');
});
