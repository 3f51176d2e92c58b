import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { LedgerFile } from '../../../src/freeswitch/index.js';

const directory = (): string => mkdtempSync(join(tmpdir(), 'proffer-ledger-'));
const tier = { queue: 'cards@default', agent: '1001@default' };
const ledger = { agents: new Set(['1001@default']), tiers: new Map([['cards@default|1001@default', tier]]) };

t.test('what was written is read, and nothing else is left in the directory', (t) => {
  const dataDir = directory();
  const file = new LedgerFile(dataDir, 'east');
  t.strictSame(file.read(), { agents: new Set(), tiers: new Map() }, 'empty before anything was added');
  file.write(ledger);
  t.strictSame(new LedgerFile(dataDir, 'east').read(), ledger);
  t.strictSame(readdirSync(join(dataDir, 'provisioned')), ['east.json']);
  t.strictSame(JSON.parse(readFileSync(file.path, 'utf8')), {
    version: 1,
    agents: ['1001@default'],
    tiers: [tier],
  });
  t.end();
});

t.test('what is no ledger is refused: its names would be sent to FreeSWITCH', (t) => {
  const dataDir = directory();
  const file = new LedgerFile(dataDir, 'east');
  file.write(ledger);
  const good = readFileSync(file.path, 'utf8');
  for (const bad of [
    '',
    '[]',
    'null',
    good.slice(0, -5),
    good.replace('"version": 1', '"version": 2'),
    good.replace('"1001@default"', '"1001@default; del"'),
    good.replace('"1001@default"', '17'),
    '{"version":1,"agents":[]}',
    '{"version":1,"agents":[],"tiers":[{"queue":"a@b"}]}',
  ]) {
    writeFileSync(file.path, bad);
    t.throws(() => file.read(), {
      code: 'PROVISIONING_LEDGER',
      message: /is no ledger of what was provisioned/,
    });
  }
  t.end();
});

t.test('one process at a time applies to a centre', (t) => {
  const dataDir = directory();
  const release = new LedgerFile(dataDir, 'east').lock();
  t.throws(() => new LedgerFile(dataDir, 'east').lock(), {
    code: 'PROVISIONING_IN_USE',
    message: /east.json: process \d+ is applying to this centre; try again when it is done/,
  });
  new LedgerFile(dataDir, 'west').lock()();
  release();
  new LedgerFile(dataDir, 'east').lock()();
  writeFileSync(join(dataDir, 'provisioned', 'east.lock'), '2147483647');
  new LedgerFile(dataDir, 'east').lock()();
  t.pass('a lock whose process is gone is taken over');
  t.end();
});

t.test('a directory that cannot be is named', (t) => {
  const dataDir = directory();
  writeFileSync(join(dataDir, 'provisioned'), '');
  t.throws(() => new LedgerFile(dataDir, 'east').write(ledger), {
    code: 'PROVISIONING_LEDGER',
    message: /east\.json: cannot be written: /,
  });
  t.end();
});
