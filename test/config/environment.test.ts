import t from 'tap';
import { effectiveSettings, readEnvironment, SettingsError } from '../../src/config/index.js';
import type { Settings } from '../../src/config/index.js';
import { parseSettings } from '../../src/config/load.js';
import { problemLines, shippedTexts } from './shipped.js';

type Variables = Readonly<Record<string, string>>;

function refusal(variables: Variables): string {
  try {
    readEnvironment(variables);
    return 'accepted';
  } catch (error) {
    return error instanceof SettingsError ? error.message : String(error);
  }
}

function settingsWith(variables: Variables): Settings {
  const result = parseSettings(shippedTexts, readEnvironment(variables));
  if (!result.ok) throw new SettingsError(result.problems);
  return result.settings;
}

t.test('what is not set takes its default', (t) => {
  t.strictSame(readEnvironment({ PATH: '/bin', PROFFER_SIP_PORT: '', DRACHTIO_HOST: '  ' }), {
    dataDir: './data',
    configDir: './config',
    sipPort: undefined,
    httpPort: undefined,
    redisUrl: undefined,
    databaseUrl: undefined,
    drachtioHost: undefined,
    drachtioPort: undefined,
    drachtioSecret: undefined,
  });
  t.end();
});

t.test('every variable', (t) => {
  const environment = readEnvironment({
    PROFFER_DATA_DIR: '/var/lib/proffer',
    PROFFER_CONFIG_DIR: '/etc/proffer',
    PROFFER_SIP_PORT: '0',
    PROFFER_HTTP_PORT: ' 9090 ',
    REDIS_URL: 'rediss://user:secret@redis.example.com:6380/2',
    DATABASE_URL: ' postgresql://user:secret@db.example.com:5433/proffer?sslmode=require ',
    DRACHTIO_HOST: '2001:db8::1',
    DRACHTIO_PORT: '9023',
    DRACHTIO_SECRET: 'cymru',
  });
  t.strictSame(environment, {
    dataDir: '/var/lib/proffer',
    configDir: '/etc/proffer',
    sipPort: 0,
    httpPort: 9090,
    redisUrl: 'rediss://user:secret@redis.example.com:6380/2',
    databaseUrl: 'postgresql://user:secret@db.example.com:5433/proffer?sslmode=require',
    drachtioHost: '2001:db8::1',
    drachtioPort: 9023,
    drachtioSecret: 'cymru',
  });
  t.ok(Object.isFrozen(environment));
  t.end();
});

t.test('values that cannot be', (t) => {
  const port = (name: string, value: string, least = 0): string =>
    `environment: ${name}: "${value}" is not a port: a whole number from ${least} to 65535`;
  const redis =
    'environment: REDIS_URL: is not a Redis URL, such as redis://127.0.0.1:6379 or rediss://user:password@host:6380/0';
  const database =
    'environment: DATABASE_URL: is not a PostgreSQL URL, such as postgres://user:password@127.0.0.1:5432/proffer';
  const cases: readonly (readonly [Variables, string])[] = [
    [{ PROFFER_SIP_PORT: 'x' }, port('PROFFER_SIP_PORT', 'x')],
    [{ PROFFER_SIP_PORT: '70000' }, port('PROFFER_SIP_PORT', '70000')],
    [{ PROFFER_HTTP_PORT: '-1' }, port('PROFFER_HTTP_PORT', '-1')],
    [{ PROFFER_HTTP_PORT: '80.5' }, port('PROFFER_HTTP_PORT', '80.5')],
    [{ PROFFER_HTTP_PORT: '0x50' }, port('PROFFER_HTTP_PORT', '0x50')],
    [{ DRACHTIO_PORT: '0' }, port('DRACHTIO_PORT', '0', 1)],
    [{ REDIS_URL: 'http://127.0.0.1' }, redis],
    [{ REDIS_URL: '127.0.0.1:6379' }, redis],
    [{ REDIS_URL: 'redis://' }, redis],
    [{ DATABASE_URL: 'mysql://127.0.0.1/proffer' }, database],
    [{ DATABASE_URL: 'host=127.0.0.1 dbname=proffer' }, database],
    [{ DATABASE_URL: 'postgres:///proffer' }, database],
    [
      { DRACHTIO_HOST: 'tcp://drachtio' },
      'environment: DRACHTIO_HOST: "tcp://drachtio" is not a host name or an address',
    ],
    [
      { PROFFER_SIP_PORT: 'a', DRACHTIO_PORT: 'b' },
      [port('PROFFER_SIP_PORT', 'a'), port('DRACHTIO_PORT', 'b', 1)].join('\n'),
    ],
  ];
  for (const [variables, expected] of cases) t.equal(refusal(variables), expected);
  t.end();
});

t.test('a password in a bad URL is not repeated', (t) => {
  t.notMatch(refusal({ REDIS_URL: 'redi://user:hunter2@host' }), 'hunter2');
  t.notMatch(refusal({ DATABASE_URL: 'postgre://user:hunter2@host' }), 'hunter2');
  t.end();
});

t.test('variables replace settings', (t) => {
  const { sip, http, strategyStore } = settingsWith({
    PROFFER_SIP_PORT: '5070',
    PROFFER_HTTP_PORT: '0',
    REDIS_URL: 'redis://127.0.0.1:6379',
    DRACHTIO_HOST: 'drachtio',
    DRACHTIO_SECRET: 'cymru',
  }).process;
  t.strictSame(sip.listen, ['sip:127.0.0.1:5070;transport=udp,tcp']);
  t.equal(sip.engine, 'drachtio');
  t.strictSame(sip.drachtio, { host: 'drachtio', port: 9022 });
  t.equal(http.port, 0);
  t.equal(strategyStore.kind, 'redis');
  t.end();
});

t.test('no variable, no change', (t) => {
  const settings = settingsWith({});
  t.strictSame(effectiveSettings(settings, readEnvironment({})), settings);
  t.end();
});

t.test('what the settings need from the environment', (t) => {
  const redis = { file: 'proffer.yaml', from: 'kind: lmdb', to: 'kind: redis' };
  t.strictSame(problemLines([redis]), [
    'environment: REDIS_URL: is not set, but strategyStore.kind is redis; such as redis://127.0.0.1:6379',
  ]);
  t.strictSame(problemLines([], readEnvironment({ DRACHTIO_HOST: 'drachtio' })), [
    'environment: DRACHTIO_SECRET: is not set, but the SIP engine is a drachtio-server; its admin secret belongs here',
  ]);
  const listen = '    - sip:127.0.0.1:5060;transport=udp,tcp\n';
  const two = {
    file: 'proffer.yaml',
    from: listen,
    to: `${listen}    - sip:127.0.0.1:5062;transport=udp,tcp\n`,
  };
  t.strictSame(problemLines([two], readEnvironment({ PROFFER_SIP_PORT: '5070' })), [
    'environment: PROFFER_SIP_PORT: 5070 makes two addresses of sip.listen the same',
  ]);
  t.strictSame(problemLines([two]), []);
  t.end();
});
