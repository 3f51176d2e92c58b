import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { pino } from 'pino';
import { tellProvisioning } from '../../src/cli/provisioning-news.js';
import { loadSettings, readEnvironment } from '../../src/config/index.js';
import type { Settings } from '../../src/config/index.js';
import { ModelCentre } from '../freeswitch/provisioning/model-centre.js';
import { FakeClock } from '../support/fake-clock.js';

const loaded = loadSettings('config', readEnvironment({}));
if (!loaded.ok) throw new Error('the shipped settings are not valid');
const agent = {
  agent: '1001',
  skills: [{ skill: 'cards', level: 8 }],
  maxNoAnswer: 3,
  wrapUpSeconds: 10,
  rejectDelaySeconds: 10,
  busyDelaySeconds: 30,
  noAnswerDelaySeconds: 5,
};
const settings: Settings = {
  ...loaded.settings,
  centres: {
    centres: loaded.settings.centres.centres.map((one) => ({
      ...one,
      agents: [agent],
      queues: one.queues.map((queue, at) =>
        at === 0 ? { ...queue, requires: [{ skills: [{ skill: 'cards', level: 7 }] }] } : queue,
      ),
    })),
  },
};

t.test('changed settings are planned, and the log says what is asked for where', async (t) => {
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'trace' },
    { write: (text: string) => lines.push(JSON.parse(text) as Record<string, unknown>) },
  );
  const east = new ModelCentre();
  await tellProvisioning(settings, {
    dataDir: mkdtempSync(join(tmpdir(), 'proffer-news-')),
    clock: new FakeClock(),
    log,
    commands: {
      command: (centre, line) =>
        centre === 'east' ? Promise.resolve(east.answer(line)) : Promise.reject(new Error('nobody there')),
    },
  });
  t.match(lines[0], {
    level: 40,
    centre: 'east',
    msg: /^centres\.yaml asks for \d changes at east: proffer centres plan$/,
  });
  t.match(
    lines[1],
    { level: 20, centre: 'west', reason: 'nobody there' },
    'a centre that is away is no news',
  );
  t.equal(lines.length, 2);
});
