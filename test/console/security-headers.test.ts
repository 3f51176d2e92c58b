// What every answer says to browsers, the document of the API and files of the pages included.
import { request } from 'node:http';
import t from 'tap';
import { openHttpServer } from '../support/http-server.js';
import { chromiumMissing, openBrowser, openPage } from '../support/browser.js';
import { serveConsole } from '../support/console-stage.js';

t.test('every answer has its headers', async (t) => {
  const { url } = await serveConsole(t, []);
  for (const path of ['/v1/session', '/v1/nothing', '/healthz', '/metrics', '/docs/json', '/board']) {
    const { headers } = await fetch(`${url}${path}`, { headers: { Accept: 'text/html' } });
    const policy = headers.get('content-security-policy') ?? '';
    t.match(policy, /default-src 'none'/, path);
    t.match(policy, /frame-ancestors 'none'/, path);
    t.notMatch(policy, /unsafe|\*/, path);
    t.equal(headers.get('x-content-type-options'), 'nosniff', path);
    t.equal(headers.get('x-frame-options'), 'DENY', path);
    t.equal(headers.get('referrer-policy'), 'same-origin', path);
    t.equal(headers.get('strict-transport-security'), null, `${path}: not over plain HTTP`);
  }
  const secure = await fetch(`${url}/v1/session`, { headers: { 'X-Forwarded-Proto': 'https' } });
  t.match(secure.headers.get('strict-transport-security'), /max-age=\d+/);
});

t.test('files of the pages come compressed, as the browser takes them', async (t) => {
  const { url } = await serveConsole(t, []);
  const html = await (await fetch(`${url}/`, { headers: { Accept: 'text/html' } })).text();
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? '';
  const encodingFor = (accepted: string) =>
    new Promise<unknown[]>((resolve, reject) => {
      request(`${url}${script}`, { headers: { 'Accept-Encoding': accepted } }, (answer) => {
        answer.resume();
        resolve([answer.headers['content-encoding'], answer.headers.vary, answer.headers['content-type']]);
      })
        .on('error', reject)
        .end();
    });
  const [vary, type] = ['Accept-Encoding', 'application/javascript; charset=utf-8'];
  t.strictSame(await encodingFor('gzip, br'), ['br', vary, type]);
  t.strictSame(await encodingFor('gzip'), ['gzip', vary, type]);
  t.strictSame(await encodingFor('identity'), [undefined, vary, type]);
});

t.test('the document of the API', async (t) => {
  t.test('is for those who are known', async (t) => {
    const server = await openHttpServer(t, {
      authenticators: [{ authenticate: () => ({ kind: 'none' }) }],
    });
    const get = (accept: string) =>
      fetch(`http://127.0.0.1:${server.port}/docs/json`, { redirect: 'manual', headers: { accept } });
    const refused = await get('application/json');
    t.equal(refused.status, 401);
    t.match(await refused.json(), { code: 'unauthorised' });
    t.equal((await get('text/html')).headers.get('location'), '/', 'people log in first');
  });

  t.test('is shown under a policy without unsafe-inline', { skip: chromiumMissing() ?? false }, async (t) => {
    const { url } = await serveConsole(t, []);
    const page = await openPage(t, await openBrowser(t));
    await page.goto(`${url}/docs`);
    await page.getByText('/v1/session').first().waitFor();
  });
});
