// The example application of docs/engine.md takes a call on `proffer engine`.
import { join } from 'node:path';
import t from 'tap';
import { TestChild, waitUntil } from '../support/child-process.js';
import { EngineProcess } from '../support/engine-process.js';
import { freePorts } from '../support/free-port.js';
import { repositoryRoot } from '../support/repository-root.js';
import { SippDestination, sippMissing, startCalls } from '../support/sipp.js';

t.test(
  'a call to the second desk, because the first one is busy',
  { skip: sippMissing() ?? false },
  async (t) => {
    const secret = 'of-the-example-test';
    const [busy = 0, free = 0] = await freePorts(2);
    const [engine, ...desks] = await Promise.all([
      EngineProcess.start({ env: { DRACHTIO_SECRET: secret } }),
      SippDestination.start({ scenario: 'uas-busy', localPort: busy }),
      SippDestination.start({ scenario: 'uas-answer', localPort: free }),
    ]);
    const application = new TestChild({
      command: process.execPath,
      cwd: repositoryRoot,
      args: [
        join('docs', 'examples', 'engine', 'front-desk.mjs'),
        `127.0.0.1:${engine.controlPort}`,
        `+18005550100=sip:desk@127.0.0.1:${busy},sip:desk@127.0.0.1:${free}`,
      ],
      env: { ...process.env, DRACHTIO_SECRET: secret },
    });
    t.teardown(async () => {
      await application.stop();
      await engine.child.stop();
      await Promise.all(desks.map((desk) => desk.stop()));
    });
    await waitUntil('it is connected', () => application.stdout.includes('connected'), 30_000);
    const remote = `127.0.0.1:${engine.sipPort}`;
    const result = await startCalls({ scenario: 'uac-call', remote }).ended;
    t.equal(result.exitCode, 0, result.errors);
    t.match(application.stdout, `sip:desk@127.0.0.1:${busy}: 486`);
    t.match(application.stdout, `+15550100001 talks to sip:desk@127.0.0.1:${free}`);
    const nobody = await startCalls({ scenario: 'uac-unknown-number', remote, called: '+15559990000' }).ended;
    t.not(
      nobody.messages.find(({ text }) => text.startsWith('SIP/2.0 404')),
      undefined,
      nobody.errors,
    );

    // The engine is started anew: drachtio-srf connects again by itself, and calls are served again.
    t.equal((await engine.child.stop()).code, 0);
    const again = await EngineProcess.start({
      args: ['--port', String(engine.controlPort)],
      env: { DRACHTIO_SECRET: secret },
    });
    t.teardown(() => again.child.stop());
    const connections = (): number => application.stdout.split('connected, SIP on').length - 1;
    await waitUntil('it is connected again', () => connections() === 2, 30_000);
    const later = await startCalls({ scenario: 'uac-call', remote: `127.0.0.1:${again.sipPort}` }).ended;
    t.equal(later.exitCode, 0, later.errors);
  },
);
