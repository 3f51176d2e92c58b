import { Counter, Registry } from 'prom-client';
import t from 'tap';
import { HttpServer } from '../../src/console/index.js';
import type { PartReadiness } from '../../src/console/index.js';
import { errorCode, silentLogger } from '../../src/kernel/index.js';

async function serve(readiness: () => readonly PartReadiness[]) {
  const registry = new Registry();
  new Counter({ name: 'proffer_test_total', help: 'a test', registers: [registry] }).inc(3);
  const server = new HttpServer({ host: '127.0.0.1', port: 0, registry, readiness, log: silentLogger });
  await server.start();
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);
  return { server, get };
}

t.test('metrics, health and readiness', async (t) => {
  let parts: readonly PartReadiness[] = [{ part: 'sip', state: 'ready' }];
  const { server, get } = await serve(() => parts);
  t.teardown(() => server.stop());

  const metrics = await get('/metrics');
  t.match(metrics.headers.get('content-type'), /text\/plain/);
  t.match(await metrics.text(), /proffer_test_total 3/);

  t.equal((await get('/readyz')).status, 200);
  parts = [
    { part: 'sip', state: 'ready' },
    { part: 'strategy store', state: 'degraded', detail: 'redis does not answer' },
  ];
  const degraded = await get('/readyz');
  t.equal(degraded.status, 200, 'a degraded part still takes calls');
  t.match(await degraded.json(), { status: 'ready', parts: [{}, { detail: 'redis does not answer' }] });

  parts = [{ part: 'sip', state: 'down', detail: 'control connection lost' }];
  const down = await get('/readyz');
  t.equal(down.status, 503);
  t.match(await down.json(), { status: 'not ready' });
  t.equal((await get('/healthz')).status, 200, 'health does not depend on readiness');
  t.equal((await get('/nothing')).status, 404);
});

t.test('a port in use is one clear error', async (t) => {
  const { server } = await serve(() => []);
  t.teardown(() => server.stop());
  const second = new HttpServer({
    host: '127.0.0.1',
    port: server.port,
    registry: new Registry(),
    readiness: () => [],
    log: silentLogger,
  });
  await second.start().then(
    () => t.fail('it must not start'),
    (error: unknown) => {
      t.equal(errorCode(error), 'HTTP_PORT_IN_USE');
      t.match((error as Error).message, /PROFFER_HTTP_PORT/);
    },
  );
  await second.stop();
});
