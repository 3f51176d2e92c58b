// The HTTP server of the console for tests of its areas: on a free port, ready, silent, and ended with the test.
import { Registry } from 'prom-client';
import type { Test } from 'tap';
import { HttpServer } from '../../src/console/http-server.js';
import type { HttpServerOptions } from '../../src/console/http-server.js';
import { silentLogger } from '../../src/kernel/index.js';

export async function openHttpServer(
  t: Pick<Test, 'teardown'>,
  options: Partial<HttpServerOptions>,
): Promise<HttpServer> {
  const server = new HttpServer({
    host: '127.0.0.1',
    port: 0,
    registry: new Registry(),
    readiness: () => [],
    log: silentLogger,
    ...options,
  });
  await server.start();
  t.teardown(() => server.stop());
  return server;
}
