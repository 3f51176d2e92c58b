// Speed of contacts over HTTP: `npm run bench:contacts [contacts]`. The whole API with the shipped settings and a strategy store in memory,
// beside a bare Fastify route that takes and gives JSON of the same size. Clients are processes of their own, so that the CPU is the
// server's. Figures are of this machine.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import Table from 'cli-table3';
import { fastify } from 'fastify';
import { Registry } from 'prom-client';
import { contactsApi, HttpServer } from '../../src/console/index.js';
import { ContactTokens } from '../../src/contacts/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { ContactStage, phone } from '../contacts/contact-stage.js';

const concurrency = 32;
const body = JSON.stringify({
  partner: 'borealis',
  medium: 'web',
  identity: { phone },
  context: { page: 'home' },
});

/** Sends `count` requests, so many at once. */
async function drive(url: string, count: number): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: concurrency });
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    authorization: 'Bearer x',
  };
  let left = count;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const request = http.request(url, { method: 'POST', agent, headers }, (response) => {
        if (response.statusCode !== 201) reject(new Error(`status ${response.statusCode ?? 0}`));
        response.resume().on('end', resolve);
      });
      request.on('error', reject).end(body);
    });
  const loop = async () => {
    while (left-- > 0) await one();
  };
  await Promise.all(Array.from({ length: concurrency }, loop));
  agent.destroy();
}

interface Figures {
  readonly perSecond: number;
  readonly cpuMicros: number;
}

async function measure(url: string, count: number): Promise<Figures> {
  const before = process.cpuUsage();
  const startedAt = performance.now();
  const client = fork(import.meta.filename, ['client', url, String(count)]);
  const [code] = (await once(client, 'exit')) as [number];
  if (code !== 0) throw new Error(`the client ended with ${code}`);
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - startedAt) / 1000;
  return { perSecond: count / seconds, cpuMicros: (user + system) / count };
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 5000);
  const stage = new ContactStage({ clock: systemClock, lines: { add: (line) => void line.toJSON() } });
  const tokens = new ContactTokens(undefined);
  const server = new HttpServer({
    ...{ host: '127.0.0.1', port: 0, registry: new Registry(), readiness: () => [], log: silentLogger },
    areas: [
      contactsApi({
        create: (request) => stage.router.create(request),
        find: (id) => stage.router.find(id),
        event: (id, given) => stage.router.event(id, given),
        webOf: () => ({ origins: [], contactsPerMinute: 1e9 }),
        origins: () => new Set(),
        sign: (contact) => tokens.sign(contact),
        verify: (token) => tokens.verify(token, Date.now()),
        now: () => Date.now(),
      }),
    ],
    authenticators: [
      {
        authenticate: () => ({
          kind: 'principal',
          principal: { kind: 'api-key', key: 'k1', partner: 'borealis' },
        }),
      },
    ],
  });
  await server.start();
  const view = await stage.create();
  const bare = fastify();
  bare.post('/', (_request, reply) => reply.code(201).send(view));
  const bareUrl = await bare.listen({ host: '127.0.0.1', port: 0 });
  const table = new Table({ head: ['', 'contacts/s', 'CPU, us'], colAligns: ['left', 'right', 'right'] });
  const urls = { 'bare route': bareUrl, contacts: `http://127.0.0.1:${server.port}/v1/contacts` };
  for (const url of Object.values(urls)) await measure(url, 500);
  for (const [what, url] of Object.entries(urls)) {
    const { perSecond, cpuMicros } = await measure(url, count);
    table.push([what, perSecond.toFixed(0), cpuMicros.toFixed(0)]);
  }
  process.stdout.write(`${count} each, ${concurrency} at once, after 500\n${table.toString()}\n`);
  stage.router.stop();
  await bare.close();
  await server.stop();
}

const [, , role, url = '', count = '0'] = process.argv;
await (role === 'client' ? drive(url, Number(count)) : main());
