// The settings of compose.yaml: read here, since no container runs in these tests.
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { loadSettings, readEnvironment } from '../../src/config/index.js';
import { linesOf } from '../config/shipped.js';
import { readMarkup } from '../support/strict-markup.js';
import type { Element } from '../support/strict-markup.js';
import { repositoryRoot } from '../support/repository-root.js';

const docker = join(repositoryRoot, 'docker');

/** The elements of an XML file, which is well-formed and whose comments hold no "--". */
function elementsOf(path: string): readonly Element[] {
  const text = readFileSync(path, 'utf8').replace('<?xml version="1.0"?>', '');
  const comments = [...text.matchAll(/<!--(.*?)-->/gs)].map(([, comment = '']) => comment);
  t.notOk(
    comments.find((one) => one.includes('--')),
    'a comment cannot hold "--"',
  );
  return readMarkup(text.replaceAll(/<!--.*?-->/gs, '')).elements;
}

const elements = elementsOf(join(docker, 'freeswitch/freeswitch.xml'));

function attributes(name: string, attribute: string): readonly string[] {
  return elements.flatMap((one) => (one.name === name ? (one.attributes.get(attribute) ?? []) : []));
}

function parameters(name: string): readonly string[] {
  return elements.flatMap((one) =>
    one.name === 'param' && one.attributes.get('name') === name ? (one.attributes.get('value') ?? []) : [],
  );
}

/** The settings as the router's container has them: config/ with docker/router/ laid over it. */
function routerSettings() {
  const directory = mkdtempSync(join(tmpdir(), 'proffer-docker-'));
  cpSync(join(repositoryRoot, 'config'), directory, { recursive: true });
  for (const file of readdirSync(join(docker, 'router')))
    copyFileSync(join(docker, 'router', file), join(directory, file));
  return loadSettings(
    directory,
    readEnvironment({
      DRACHTIO_HOST: 'drachtio',
      DRACHTIO_SECRET: 'secret',
      REDIS_URL: 'redis://redis:6379',
    }),
  );
}

t.test('freeswitch.xml has what the router counts on', (t) => {
  const result = routerSettings();
  t.strictSame(linesOf(result), []);
  const centres = result.ok ? result.settings.centres.centres : [];
  for (const { eventSocket, port, queues, ivrPools } of centres) {
    t.ok(parameters('sip-port').includes(String(port)), 'where queues are called');
    t.strictSame(parameters('listen-port'), [String(eventSocket?.port)], 'the event socket');
    t.ok(attributes('profile', 'name').includes(eventSocket?.mediaProfile ?? ''), 'the IVR bank');
    t.ok(attributes('context', 'name').includes(eventSocket?.queueContext ?? ''), 'where it transfers to');
    const dialled = attributes('condition', 'expression').map((one) => new RegExp(one));
    const isDialled = (id: string): boolean => dialled.slice(0, 2).some((one) => one.test(id));
    for (const { queue } of queues) {
      t.ok(attributes('queue', 'name').includes(`${queue}@${eventSocket?.domain}`), queue);
      t.ok(isDialled(queue) && isDialled(`${queue}.ACME-PLATINUM.agent`), 'and its presentations');
    }
    for (const { program } of ivrPools) t.ok(isDialled(program), program);
    t.notOk(isDialled('nosuch'));
  }
  t.end();
});

t.test('only the router is let in', (t) => {
  t.strictSame(attributes('node', 'cidr'), [
    '172.30.60.10/32',
    '172.30.60.20/32',
    '127.0.0.0/8',
    '172.30.60.10/32',
  ]);
  t.strictSame(attributes('list', 'default'), ['deny', 'deny']);
  t.strictSame(parameters('apply-inbound-acl'), ['event-socket', 'router', 'router'], 'of every listener');
  t.strictSame(parameters('auth-calls'), ['true', 'true']);
  t.strictSame(parameters('rtp-timer-name'), ['soft', 'soft']);
  const target = attributes('condition', 'expression').find((one) => one.startsWith('^172'));
  t.match('172.30.60.10:8586', new RegExp(target ?? '$^'));
  t.notMatch('172.30.60.99:8586', new RegExp(target ?? '$^'), 'no socket is opened to anybody else');
  t.end();
});

t.test('the files for provisioned queues are there, and empty', (t) => {
  t.ok(attributes('X-PRE-PROCESS', 'data').includes('/etc/freeswitch/queues/*.xml'));
  for (const centre of ['east', 'west']) {
    const file = join(docker, 'freeswitch/queues', centre, 'proffer.xml');
    t.strictSame(
      elementsOf(file).map((one) => one.name),
      ['include'],
    );
  }
  t.end();
});
