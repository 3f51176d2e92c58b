// Every endpoint of the API tried as every role, with the token, with an API key and as nobody. The endpoints are those that a router
// registers: one without a row here fails the test, and so does a row without an endpoint.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import t from 'tap';
import { RouterProcess } from '../../src/cli/router-process.js';
import { readEnvironment } from '../../src/config/index.js';
import { roles } from '../../src/console/access/principal.js';
import type { Principal, Role } from '../../src/console/access/principal.js';
import type { ApiArea } from '../../src/console/api-area.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { openHttpServer } from '../support/http-server.js';
import { shopSettings } from '../support/shop-settings.js';

/** Who may use what: roles, `everyRole`, or `public`; `+keys` where API keys are taken, too. */
const table: Readonly<Record<string, string>> = {
  // Sessions
  'GET /session': 'everyRole',
  'POST /session': 'public',
  'DELETE /session': 'everyRole',
  'PUT /session/password': 'everyRole',
  'GET /session/providers': 'public',
  'GET /session/oidc': 'public',
  'GET /session/oidc/callback': 'public',
  // People, keys and the audit
  'GET /people': 'admin',
  'POST /people': 'admin',
  'PUT /people/:agent': 'admin',
  'POST /people/:agent/password': 'admin',
  'GET /api-keys': 'admin',
  'POST /api-keys': 'admin',
  'DELETE /api-keys/:key': 'admin',
  'GET /audit': 'admin',
  // Live centres and calls
  'GET /centres': 'everyRole',
  'GET /queues': 'everyRole',
  'GET /agents': 'supervisor admin',
  'GET /calls': 'supervisor admin',
  'GET /calls/:id': 'agent supervisor admin',
  'POST /calls/:id/route': 'agent supervisor admin',
  'PUT /agents/:centre/:agent/status': 'agent supervisor admin',
  // What is recorded
  'POST /dispositions': 'agent supervisor admin',
  'PUT /dispositions/:decisionId/:offer': 'agent supervisor admin',
  'GET /dispositions/:decisionId': 'everyRole',
  'GET /dispositions': 'agent supervisor admin',
  'GET /partners/:partner/disposition-codes': 'everyRole',
  'POST /service-alerts': 'supervisor admin',
  'POST /service-alerts/:partner/:alert/close': 'supervisor admin',
  'DELETE /service-alerts/:partner/:alert': 'supervisor admin',
  'GET /service-alerts': 'everyRole',
  'POST /identify': 'agent supervisor admin',
  'GET /decisions/:id': 'everyRole',
  // Live events, the desktop and its offer pages
  'GET /live': 'everyRole',
  'PUT /desk/status': 'agent supervisor admin',
  'GET /desk/today': 'agent supervisor admin',
  'GET /desk/undispositioned': 'agent supervisor admin',
  'GET /desk/calls/:id/offers': 'agent supervisor admin',
  'POST /desk/calls/:id/presented': 'agent supervisor admin',
  'DELETE /desk/calls/:id': 'agent supervisor admin',
  'GET /offers': 'everyRole',
  'GET /offers/:offer/page': 'everyRole',
  'PUT /offers/:offer/page': 'admin',
  // Calls of the board
  'GET /calls/history': 'supervisor admin analyst',
  'GET /calls/history/names': 'supervisor admin analyst',
  'GET /calls/:id/ladder': 'everyRole',
  'GET /calls/:id/messages': 'everyRole',
  // SIP messages of any call
  'GET /sip/traces': 'admin',
  'GET /sip/traces/:id': 'admin',
  // Settings and switches
  'GET /settings': 'admin',
  'POST /settings/check': 'admin',
  'PUT /settings/:file': 'admin',
  'GET /settings/history': 'admin',
  'POST /settings/history/:edit/undo': 'admin',
  'GET /switches': 'supervisor admin',
  'PUT /switches/:switch': 'supervisor admin',
  // Analysis
  'GET /try-call/choices': 'supervisor admin analyst',
  'POST /try-call': 'supervisor admin analyst',
  'GET /generations': 'supervisor admin analyst',
  'GET /generations/compare': 'supervisor admin analyst',
  'POST /generations/:partner/:generation/publish': 'admin',
  'GET /reports/:report': 'supervisor admin analyst',
  'GET /models': 'supervisor admin analyst',
  'GET /models/:model': 'supervisor admin analyst',
  'GET /rankings': 'supervisor admin analyst',
  'GET /rankings/:partner/:run': 'supervisor admin analyst',
  // Contacts: of partners' systems, and of customers' browsers, which show the token of a contact
  'POST /contacts': 'admin +keys',
  'GET /contacts/:id': 'admin +keys',
  'POST /contacts/:id/events': 'admin +keys',
  'GET /embed/contact': 'public',
  'POST /embed/events': 'public',
  'OPTIONS /embed/contact': 'public',
  'OPTIONS /embed/events': 'public',
};

const person = (role: Role): Principal => ({
  kind: 'person',
  agent: role,
  name: role,
  role,
  partners: [],
  centreAgents: [],
  session: role,
});
const principals: Readonly<Record<string, Principal>> = {
  ...Object.fromEntries(roles.map((role) => [role, person(role)])),
  token: { kind: 'token' },
  'api-key': { kind: 'api-key', key: '0123456789ab', partner: 'acme' },
};

/** The areas of a router, whose handlers are not reached: whoever comes past the gate is told so. */
function watched(areas: readonly ApiArea[], endpoints: Set<string>): readonly ApiArea[] {
  return areas.map((area) => (v1: FastifyInstance) => {
    v1.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat())
        if (one !== 'HEAD') endpoints.add(`${one} ${url.replace(/^\/v1/, '')}`);
    });
    v1.addHook('onRequest', (_request, reply) => void reply.code(299).send({ code: 'let-in' }));
    area(v1);
  });
}

/** @returns the status that each of them gets, of 299, 401 and 403 */
function expected(who: string): Readonly<Record<string, number>> {
  const [named = '', keys] = who.split(/ (?=\+keys)/);
  const isPublic = named === 'public';
  const allowed = named === 'everyRole' ? [...roles] : named.split(' ');
  const status = (isLetIn: boolean, otherwise: number) => (isPublic || isLetIn ? 299 : otherwise);
  return {
    nobody: status(false, 401),
    ...Object.fromEntries(roles.map((role) => [role, status(allowed.includes(role), 403)])),
    token: 299,
    'api-key': status(keys !== undefined, 403),
  };
}

t.test('every endpoint as everybody', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'proffer-roles-'));
  const router = await RouterProcess.open({
    settings: shopSettings(({ proffer }) => {
      proffer.demo = { customers: 0, standInCentres: false };
    }),
    // No database is there, and none is needed.
    environment: readEnvironment({ PROFFER_DATA_DIR: dataDir, DATABASE_URL: 'postgres://127.0.0.1:1/none' }),
    clock: systemClock,
    log: silentLogger,
    onDead: () => undefined,
  });
  t.teardown(async () => {
    await router.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const endpoints = new Set<string>();
  const server = await openHttpServer(t, {
    areas: watched(router.console.http.areas ?? [], endpoints),
    authenticators: [
      {
        authenticate: ({ headers }) => {
          const principal = principals[String(headers['x-who'])];
          return principal === undefined ? { kind: 'none' } : { kind: 'principal', principal };
        },
      },
    ],
  });

  t.strictSame([...endpoints].sort(), Object.keys(table).sort(), 'each endpoint has its row');
  for (const [endpoint, who] of Object.entries(table)) {
    const [method = '', path = ''] = endpoint.split(' ');
    const url = `http://127.0.0.1:${server.port}/v1${path.replaceAll(/:[A-Za-z]+|\*/g, 'x')}`;
    const statusOf = async (asked: string) => {
      const response = await fetch(url, { method, headers: { 'x-who': asked } });
      await response.arrayBuffer();
      return response.status;
    };
    const found: Record<string, number> = {};
    for (const asked of ['nobody', ...Object.keys(principals)]) found[asked] = await statusOf(asked);
    t.strictSame(found, expected(who), endpoint);
  }
});
