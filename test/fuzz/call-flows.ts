// The call flows that are played with faults: an application on drachtio-srf and the parties around it.
import type { SrfApplication, SrfDialog, SrfRequest, SrfResponse } from '../integration/control-support.js';
import type { Random } from '../support/random.js';
import { Party, sdp } from './party.js';
import type { Manner } from './party.js';
import type { World } from './world.js';

/** How the application misbehaves. */
export type AppManner = 'right' | 'silent' | 'throws' | 'twice' | 'late' | 'gone';
export const appManners: readonly AppManner[] = ['right', 'silent', 'throws', 'twice', 'late', 'gone'];

export interface Stage {
  readonly world: World;
  readonly srf: SrfApplication;
  readonly random: Random;
  readonly app: AppManner;
}

export interface Flow {
  readonly name: string;
  /** Sets up the application and the parties, and starts the call. */
  play(stage: Stage): void;
}

const alice = '10.0.0.2';
const bob = '10.0.0.3';
const carol = '10.0.0.4';
const inCalls: readonly (readonly string[])[] = [
  ['BYE'],
  ['INFO', 'BYE'],
  ['INVITE', 'BYE'],
  ['UPDATE', 'INVITE', 'BYE'],
  ['OPTIONS', 'MESSAGE', 'BYE'],
  ['INVITE', 'INVITE', 'UPDATE', 'REFER', 'BYE'],
];
const earlies: readonly (readonly string[])[] = [
  ['UPDATE'],
  ['PRACK', 'INFO'],
  ['BYE'],
  ['INVITE', 'UPDATE', 'UPDATE'],
  ['REFER', 'BYE'],
];
const refusals = [302, 401, 404, 486, 480, 503, 603];

/** Something that the application does later; what goes wrong in it is its own affair. */
function later(stage: Stage, ms: number, work: () => unknown): void {
  stage.world.after(ms, 'app', () => {
    void Promise.resolve()
      .then(work)
      .catch(() => undefined);
  });
}

/** The handler of the application, with its manner put on top. */
function serve(
  stage: Stage,
  work: (req: SrfRequest, res: SrfResponse) => Promise<unknown> | undefined,
): void {
  const { srf, app, world, random } = stage;
  const hears = (req: SrfRequest, res: SrfResponse): void => {
    world.appEvents.push(req.method);
    if (app === 'silent') return;
    const act = (): void => {
      void Promise.resolve()
        .then(() => {
          if (app === 'throws') throw new Error('the application throws');
          return work(req, res);
        })
        .catch(() => undefined);
    };
    if (app === 'late') world.after(random.of([2000, 31_000, 40_000, 200_000]), 'late', act);
    else act();
    if (app === 'twice') later(stage, random.below(3000), () => res.send(random.of([200, 480, 487])));
  };
  srf.invite(hears);
  srf.subscribe(hears);
  srf.options(hears);
  srf.message(hears);
  if (app === 'gone') world.after(random.below(9000), 'gone', () => world.loseApplication());
}

/** What an application does with a dialog: answers all that comes, and hangs up by itself at times. */
function keep(stage: Stage, dialog: SrfDialog, others: readonly SrfDialog[] = []): void {
  const { world, random } = stage;
  world.appEvents.push('dialog');
  dialog.on('destroy', () => {
    world.appEvents.push('destroy');
    for (const other of others) later(stage, 1, () => other.destroy());
  });
  for (const event of ['info', 'notify', 'options', 'message', 'refer', 'update']) {
    dialog.on(event, (_req: unknown, res: SrfResponse) => res.send(event === 'refer' ? 202 : 200));
  }
  const methods = ['INFO', 'UPDATE', 'REFER', 'NOTIFY', 'OPTIONS'];
  const step = random.below(8);
  if (step === 0) {
    const method = random.of(methods);
    const headers = { 'Refer-To': `<sip:u@${carol}>` };
    later(stage, random.below(4000), () => dialog.request({ method, headers }));
  } else if (step === 1) {
    later(stage, random.below(4000), () => dialog.modify(sdp));
  } else if (step === 2) {
    later(stage, random.below(4000), () => dialog.destroy());
  }
}

function mannerOfCallee(random: Random): Manner {
  const kind = random.below(11);
  const inCall = random.isIn(0.3) ? random.of(inCalls) : [];
  if (kind === 10) return { answers: [180, 200], early: random.of(earlies), inCall };
  if (kind < 5) return { answers: random.of([[180, 200], [100, 183, 200], [200]]), inCall };
  if (kind === 5) return { answers: [180, random.of(refusals)], contacts: [`sip:u@${carol}`] };
  if (kind === 6) return { answers: random.of([[], [100], [180]]), isDeafToCancel: random.isIn(0.5) };
  if (kind === 7) return { answers: [180, 200], forks: true, inCall };
  if (kind === 8) return { answers: [183, 180, 200], isReliable: true, inCall };
  return { answers: [180, 200], challenges: true, inCall };
}

function mannerOfCaller(random: Random): Manner {
  const extensions = random.of<readonly (readonly [string, string])[]>([
    [],
    [['Supported', '100rel, timer']],
    [
      ['Supported', 'timer'],
      ['Session-Expires', '90;refresher=uac'],
    ],
    [
      ['Supported', 'timer'],
      ['Session-Expires', '90;refresher=uas'],
    ],
    [['Require', '100rel']],
  ]);
  return {
    inCall: random.of(inCalls),
    headers: extensions,
    isOfferless: random.isIn(0.1),
    ...(random.isIn(0.15) ? { early: random.of(earlies) } : {}),
    ...(random.isIn(0.25) ? { cancelsAfterMs: random.below(4000) } : {}),
  };
}

function caller(stage: Stage, method = 'INVITE'): Party {
  const party = new Party(stage.world, alice, mannerOfCaller(stage.random));
  stage.world.after(1, 'call', () => party.ask(method));
  return party;
}

function callees(stage: Stage): readonly string[] {
  return [bob, carol].map((address) => new Party(stage.world, address, mannerOfCallee(stage.random)).uri);
}

function proxied(name: string, options: object): Flow {
  return {
    name,
    play: (stage) => {
      const targets = callees(stage);
      serve(stage, (req) => stage.srf.proxyRequest(req, [...targets], options));
      caller(stage);
    },
  };
}

/** Things that an application may do with a request, in an order that makes no sense. */
function wildly(stage: Stage, req: SrfRequest, res: SrfResponse, targets: readonly string[]): void {
  const { random, srf } = stage;
  const [target = ''] = targets;
  const reliable = { headers: { Require: '100rel', RSeq: '1' }, body: sdp };
  const actions: readonly (() => unknown)[] = [
    () => res.send(180),
    () => res.send(183, reliable),
    () => res.send(200, { body: sdp }),
    () => res.send(random.of(refusals), { headers: { Contact: `<${target}>` } }),
    () => res.send(700),
    () => srf.proxyRequest(req, [...targets], { recordRoute: random.isIn(0.5), followRedirects: true }),
    async () => keep(stage, await srf.createUAS(req, res, { localSdp: sdp })),
    async () => {
      const { uas, uac } = await srf.createB2BUA(req, res, target, { localSdpB: sdp });
      keep(stage, uas, random.isIn(0.5) ? [uac] : []);
      keep(stage, uac);
    },
    async () => {
      const dialog = await srf.createUAC(target, { localSdp: sdp });
      await Promise.allSettled([dialog.modify(sdp), dialog.destroy(), dialog.destroy(), dialog.modify(sdp)]);
    },
  ];
  for (let count = 1 + random.below(4); count > 0; count -= 1) {
    later(stage, random.below(2500), random.of(actions));
  }
}

export const flows: readonly Flow[] = [
  {
    name: 'wild',
    play: (stage) => {
      const targets = callees(stage);
      serve(stage, (req, res) => {
        wildly(stage, req, res, targets);
        return undefined;
      });
      caller(stage, stage.random.isIn(0.9) ? 'INVITE' : 'SUBSCRIBE');
    },
  },
  {
    name: 'answer',
    play: (stage) => {
      const early = stage.random.of([0, 180, 183]);
      const isReliable = stage.random.isIn(0.3);
      serve(stage, async (req, res) => {
        if (early > 0)
          res.send(early, isReliable ? { headers: { Require: '100rel', RSeq: '1' }, body: sdp } : {});
        if (stage.random.isIn(0.5)) await new Promise<void>((go) => stage.world.after(1500, 'app', go));
        const headers = stage.random.isIn(0.3) ? { 'Session-Expires': '90;refresher=uas' } : {};
        keep(stage, await stage.srf.createUAS(req, res, { localSdp: sdp, headers }));
      });
      new Party(stage.world, carol, {});
      caller(stage);
    },
  },
  {
    name: 'refuse',
    play: (stage) => {
      const status = stage.random.of(refusals);
      serve(stage, (_req, res) => {
        res.send(180);
        res.send(status, { headers: { Contact: `<sip:u@${bob}>` } });
        return undefined;
      });
      caller(stage);
    },
  },
  proxied('proxy, serial', {
    recordRoute: true,
    forking: 'sequential',
    provisionalTimeout: '1s',
    finalTimeout: '9s',
  }),
  proxied('proxy, in parallel', { recordRoute: true, forking: 'simultaneous' }),
  proxied('proxy, out of the way', { followRedirects: true }),
  {
    name: 'b2bua',
    play: (stage) => {
      const [target = ''] = callees(stage);
      const passes = stage.random.isIn(0.8);
      serve(stage, async (req, res) => {
        const { uas, uac } = await stage.srf.createB2BUA(req, res, target, {
          localSdpB: req.body,
          passFailure: passes,
        });
        keep(stage, uas, [uac]);
        keep(stage, uac, [uas]);
      });
      caller(stage);
    },
  },
  {
    name: 'call out',
    play: (stage) => {
      const [target = ''] = callees(stage);
      serve(stage, () => undefined);
      const cancels = stage.random.isIn(0.2);
      const options = { localSdp: sdp, auth: { username: 'u', password: 'p' }, followRedirects: true };
      later(stage, 1, async () => {
        const cbRequest = (_error: unknown, req?: SrfRequest): void => {
          if (cancels) later(stage, stage.random.below(3000), () => req?.cancel());
        };
        const dialog = await stage.srf.createUAC(target, options, { cbRequest });
        keep(stage, dialog);
        later(stage, 9000, () => dialog.destroy());
      });
    },
  },
  {
    name: 'subscribe',
    play: (stage) => {
      const [target = ''] = callees(stage);
      serve(stage, async (req, res) => {
        const dialog = await stage.srf.createUAS(req, res, { headers: { Expires: '60' } });
        keep(stage, dialog);
        await dialog.request({
          method: 'NOTIFY',
          headers: { Event: 'presence', 'Subscription-State': 'terminated;reason=timeout' },
        });
      });
      const asker = new Party(stage.world, alice, {
        headers: [
          ['Event', 'presence'],
          ['Expires', '60'],
        ],
      });
      stage.world.after(1, 'ask', () => asker.ask('SUBSCRIBE'));
      later(stage, 500, async () => {
        const headers = { Event: 'presence', Expires: '60' };
        keep(stage, await stage.srf.createUAC(target, { method: 'SUBSCRIBE', headers }));
      });
    },
  },
  {
    name: 'ask',
    play: (stage) => {
      serve(stage, (_req, res) => {
        res.send(200);
        return undefined;
      });
      const asker = new Party(stage.world, alice, {});
      for (const method of ['OPTIONS', 'MESSAGE', 'REGISTER', 'INFO', 'PUBLISH', 'BYE']) {
        stage.world.after(1 + stage.random.below(2000), 'ask', () => asker.ask(method));
      }
    },
  },
];
