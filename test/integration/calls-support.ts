// A whole router on a real engine, in this process, with SIP peers in place of the trunk and the centres.
import { Registry } from 'prom-client';
import { CallRouter, DrachtioGateway, routedMethods } from '../../src/calls/index.js';
import type { CallSummary } from '../../src/calls/index.js';
import type { Settings, Trunk } from '../../src/config/index.js';
import { ControlServer } from '../../src/control/index.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { SipEngine } from '../../src/sip/index.js';
import { acme, alice, MemoryLines, settingsWith, StoryStore } from '../calls/story.js';
import { secret, SipPeer } from './control-support.js';
import type { LinkKind, RequestOptions } from './control-support.js';

export interface CallsStage {
  readonly engine: SipEngine;
  readonly control: ControlServer;
  readonly controlPort: number;
  readonly gateway: DrachtioGateway;
  readonly router: CallRouter;
  readonly store: StoryStore;
  readonly records: MemoryLines;
  readonly summaries: CallSummary[];
  readonly alice: SipPeer;
  readonly east: SipPeer;
  readonly west: SipPeer;
  /** Alice's INVITE to acme. */
  invite(options?: RequestOptions): ReturnType<SipPeer['request']>;
  /** The next summary, now or later. */
  ended(): Promise<CallSummary>;
  close(): Promise<void>;
}

/** Points every centre at its peer; the overflow goes nowhere. */
function atPeers(settings: Settings, east: number, west: number): Settings {
  const centres = settings.centres.centres.map((centre) => ({
    ...centre,
    host: '127.0.0.1',
    port: centre.centre === 'east' ? east : west,
    healthCheck: { ...centre.healthCheck, intervalMs: 600_000 },
  }));
  const partners = settings.partners.partners.map((partner) => ({
    ...partner,
    overflowUri: 'sip:overflow@127.0.0.1:9',
  }));
  return { ...settings, centres: { centres }, partners: { partners } };
}

export async function openCallsStage(kind: LinkKind, trunk: Partial<Trunk>): Promise<CallsStage> {
  const engine = new SipEngine({ listen: ['sip:127.0.0.1:0;transport=udp,tcp'] });
  const control = new ControlServer(engine, { secret });
  await engine.start();
  const controlPort = await control.listen(0);
  const sipPort = engine.localAddresses[0]?.port ?? 0;
  const [caller, east, west] = await Promise.all([
    SipPeer.open(sipPort),
    SipPeer.open(sipPort),
    SipPeer.open(sipPort),
  ]);
  const shared = { clock: systemClock, log: silentLogger, watchdogIntervalMs: 60_000 };
  const gateway = new DrachtioGateway({
    ...shared,
    target:
      kind === 'tcp'
        ? { kind: 'connect', host: '127.0.0.1', port: controlPort, secret }
        : { kind: 'attach', link: control.link({ methods: routedMethods }), secret },
  });
  const store = new StoryStore();
  const records = new MemoryLines();
  const base = settingsWith(trunk);
  const routing = { ...base.process.routing, provisionalTimeoutMs: 400, decisionDeadlineMs: 5000 };
  const settings = atPeers({ ...base, process: { ...base.process, routing } }, east.port, west.port);
  const router = new CallRouter({
    settings,
    gateway,
    store,
    records,
    registry: new Registry(),
    clock: systemClock,
    log: silentLogger,
  });
  const summaries: CallSummary[] = [];
  const waiting: ((summary: CallSummary) => void)[] = [];
  let told = 0;
  router.events.on('call', (summary) => {
    summaries.push(summary);
    const next = waiting.shift();
    if (next === undefined) return;
    told += 1;
    next(summary);
  });
  await router.start();
  return {
    engine,
    control,
    controlPort,
    gateway,
    router,
    store,
    records,
    summaries,
    alice: caller,
    east,
    west,
    invite: (options = {}) =>
      caller.request('INVITE', {
        uri: `sip:${acme}@127.0.0.1:${sipPort}`,
        headers: [`P-Asserted-Identity: <sip:${alice}@carrier.example>`],
        ...options,
      }),
    ended: () => {
      const known = summaries[told];
      if (known === undefined) return new Promise((resolve) => waiting.push(resolve));
      told += 1;
      return Promise.resolve(known);
    },
    close: async () => {
      await router.stop(0);
      await control.close();
      await engine.stop();
      for (const peer of [caller, east, west]) await peer.close();
    },
  };
}
