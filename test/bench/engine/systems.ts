// The systems beside each other in npm run bench:engine. Those that are no server of our own are as in npm run bench:calls.
import { drachtioEnvironment, drachtioPid } from '../../support/drachtio-server.js';
import { freePorts } from '../../support/free-port.js';
import { RedisServer } from '../../support/redis-server.js';
import { benchCallers, loadDestinations } from '../calls/callers.js';
import { RouterUnderTest, startKamailio } from '../calls/systems.js';
import { BenchChild } from './child.js';
import type { CentrePorts } from '../../support/router-settings.js';
import type { CallKind } from './load.js';
import type { NodeSystem } from './servers.js';

/** One that can be called. */
export interface EngineSystem {
  readonly name: string;
  /** `host:port` */
  readonly server: string;
  /** Address that the calls come from. */
  readonly from: string;
  readonly callers: readonly string[];
  readonly destinationPorts: readonly number[];
  /** Processes whose CPU counts. */
  readonly pids: readonly number[];
  /** Some of them, which get a row of their own. */
  readonly part?: { readonly name: string; readonly pids: readonly number[] };
  /** Of a server of ours: which. */
  readonly node: NodeSystem | undefined;
}

const names: Readonly<Record<NodeSystem, string>> = {
  dgram: 'dgram echo, no SIP (floor)',
  engine: 'engine alone',
  link: 'engine + drachtio-srf, one process',
  tcp: 'engine + drachtio-srf, control port',
};

const customers = 5000;

/** A server of ours in a process of its own, with the port of the destination that it proxies to. */
export async function openServer(
  node: NodeSystem,
  kind: CallKind,
  nodeArgs: readonly string[] = [],
): Promise<{ readonly system: EngineSystem; readonly child: BenchChild }> {
  const [destination = 0] = await freePorts(1);
  const child = new BenchChild('servers.js', [node, kind, String(destination)], nodeArgs);
  const port = await child.next<number>();
  const system: EngineSystem = {
    name: names[node],
    server: `127.0.0.1:${port}`,
    from: '127.0.0.1',
    callers: ['+15550100001'],
    destinationPorts: kind === 'proxy' ? [destination] : [],
    pids: [child.pid],
    node,
  };
  return { system, child };
}

/** The real drachtio-server with the application of the others. It must be ours alone, on this machine. */
async function openDrachtio(
  kind: CallKind,
): Promise<{ readonly system: EngineSystem; readonly child: BenchChild }> {
  const [destination = 0] = await freePorts(1);
  const child = new BenchChild('servers.js', ['drachtio', kind, String(destination)]);
  const port = await child.next<number>();
  const system: EngineSystem = {
    name: 'drachtio-server + drachtio-srf',
    server: `${drachtioEnvironment.DRACHTIO_HOST}:${port}`,
    from: '127.0.0.1',
    callers: ['+15550100001'],
    destinationPorts: kind === 'proxy' ? [destination] : [],
    pids: [drachtioPid, child.pid],
    part: { name: 'drachtio-server of these', pids: [drachtioPid] },
    node: undefined,
  };
  return { system, child };
}

/** The whole router on the real drachtio-server, which would give its calls to `openDrachtio` in turn, were that there too. */
async function openDrachtioRouter(
  centres: CentrePorts,
): Promise<{ readonly system: EngineSystem; readonly stop: () => Promise<void> }> {
  const started = await RouterUnderTest.start({
    centres,
    redis: undefined,
    customers,
    env: drachtioEnvironment,
  });
  const { from, pids } = started.as('redirect');
  const system: EngineSystem = {
    name: 'drachtio-server + whole router, LMDB',
    server: started.router.drachtioSip('udp'),
    from,
    callers: benchCallers(customers),
    destinationPorts: [],
    pids: [drachtioPid, ...pids],
    part: { name: 'drachtio-server of these', pids: [drachtioPid] },
    node: undefined,
  };
  return { system, stop: () => started.stop() };
}

/** Opens those of `chosen` that know this kind of call, in the order of the table. */
export async function openSystems(
  kind: CallKind,
  chosen: readonly string[],
): Promise<{ readonly systems: readonly EngineSystem[]; readonly close: () => Promise<void> }> {
  const systems: EngineSystem[] = [];
  const stops: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.toReversed()) await stop();
  };
  try {
    for (const node of ['dgram', 'engine', 'link', 'tcp'] as const) {
      if (!chosen.includes(node)) continue;
      const { system, child } = await openServer(node, kind);
      stops.push(() => child.stop());
      systems.push(system);
    }
    if (chosen.includes('drachtio') && drachtioPid !== 0) {
      const { system, child } = await openDrachtio(kind);
      stops.push(() => child.stop());
      systems.push(system);
    }
    // Neither answers calls itself.
    if (kind === 'uas') return { systems, close };
    const [east = 0, west = 0, overflow = 0] = await freePorts(3);
    const callers = benchCallers(customers);
    const destinationPorts = kind === 'proxy' ? [east, west, overflow] : [];
    const centres = { east, west, overflow };
    // Proxied calls get legs of their own there: other messages than those that are compared.
    if (chosen.includes('drachtio-router') && drachtioPid !== 0 && kind === 'redirect') {
      const { system, stop } = await openDrachtioRouter(centres);
      stops.push(stop);
      systems.push(system);
    }
    if (chosen.includes('router')) {
      const router = await RouterUnderTest.start({ centres, redis: undefined, customers });
      stops.push(() => router.stop());
      const { sip, from, pids } = router.as(kind);
      systems.push({
        name: 'whole router, LMDB',
        server: sip,
        from,
        callers,
        destinationPorts,
        pids,
        node: undefined,
      });
    }
    if (chosen.includes('kamailio')) {
      const redis = await RedisServer.start();
      stops.push(() => redis.stop());
      await loadDestinations(redis, callers, `sip:acme-sales@127.0.0.1:${east}`);
      const kamailio = await startKamailio({ kind, redis, recordRoute: false });
      stops.push(() => kamailio.stop());
      systems.push({
        name: `Kamailio, one Redis GET, ${kind === 'redirect' ? 'stateless' : 'stateful'}`,
        server: kamailio.sip,
        from: kamailio.from,
        callers,
        destinationPorts,
        pids: [...kamailio.pids, redis.pid],
        node: undefined,
      });
    }
    return { systems, close };
  } catch (error) {
    await close();
    throw error;
  }
}
