import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { loadSettings } from '../../src/config/index.js';
import { sectionNames, sections } from '../../src/config/sections.js';
import { repositoryRoot } from '../support/repository-root.js';
import { linesOf, noEnvironment } from './shipped.js';

const directory = join(repositoryRoot, 'config');

t.test('the shipped settings', (t) => {
  const result = loadSettings(directory, noEnvironment);
  if (!result.ok) {
    t.fail('they load', { lines: linesOf(result) });
    t.end();
    return;
  }
  const { settings } = result;

  t.test('are the files that are loaded, each with its schema for editors', (t) => {
    const files = readdirSync(directory).filter((one) => one.endsWith('.yaml'));
    t.strictSame(files.sort(), sectionNames.map((one) => sections[one].file).sort());
    for (const file of files) {
      const [first] = readFileSync(join(directory, file), 'utf8').split('\n');
      t.equal(first, `# yaml-language-server: $schema=schema/${file.replace('.yaml', '.json')}`);
    }
    t.end();
  });

  t.test('leave the control arm of each partner to that of the process', (t) => {
    t.ok(settings.partners.partners.every((one) => one.controlArmPercent === undefined));
    t.equal(settings.process.decision.controlArmPercent, 5);
    t.end();
  });

  t.test('show one trunk, two partners, two centres, seven queues and eight offers', (t) => {
    t.strictSame(
      settings.trunks.trunks.map((one) => one.addresses),
      [['127.0.0.0/8', '::1']],
    );
    t.strictSame(
      settings.partners.partners.map((one) => [one.partner, ...one.dialledNumbers]),
      [
        ['acme', '+18005550100'],
        ['borealis', '+18005550200'],
      ],
    );
    t.strictSame(
      settings.centres.centres.map((one) => [one.centre, one.host, one.port]),
      [
        ['east', '127.0.0.1', 5090],
        ['west', '127.0.0.1', 5091],
      ],
    );
    t.equal(settings.centres.centres.flatMap((one) => one.queues).length, 7);
    t.strictSame(
      settings.offers.offers.map((one) => [
        one.offer,
        one.kind,
        one.presentations.map((way) => way.kind).join(),
      ]),
      [
        ['ACME-PLATINUM', 'sales', 'agent'],
        ['ACME-TRAVEL', 'sales', 'ivr'],
        ['ACME-SAVER', 'sales', 'agent,ivr'],
        ['ACME-SERVICE', 'service', 'agent'],
        ['BOR-FIBRE', 'sales', 'agent'],
        ['BOR-MOBILE', 'sales', 'ivr'],
        ['BOR-TV', 'sales', 'agent,page,chat,callback,agent'],
        ['BOR-SERVICE', 'service', 'agent'],
      ],
    );
    t.end();
  });

  t.test('leave every partner and every presentation to callers a second centre', (t) => {
    const centresOf = (destinations: readonly string[]): number =>
      new Set(destinations.map((one) => one.split('/')[0])).size;
    for (const partner of settings.partners.partners) t.equal(centresOf(partner.serviceQueues), 2);
    for (const way of settings.offers.offers.flatMap((one) => one.presentations)) {
      if (way.kind === 'page' || way.destinations.includes('west/digital')) continue;
      t.equal(centresOf(way.destinations), 2);
    }
    t.end();
  });

  t.test('are frozen to the last value', (t) => {
    t.ok(isDeeplyFrozen(settings));
    t.throws(() => ((settings as { process: unknown }).process = {}), TypeError);
    t.end();
  });

  t.test('have their defaults filled in', (t) => {
    const { process, centres } = settings;
    t.equal(process.sip.maxCallsInProgress, 20_000);
    t.equal(process.strategyStore.staleMaxAgeMs, 900_000);
    t.equal(centres.centres[1]?.healthCheck.intervalMs, 5000);
    t.equal(centres.centres[0]?.queues[2]?.skillLevel, 5);
    t.end();
  });
  t.end();
});

function isDeeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen);
}
