// What fuzzing has found, each as the shortest sequence that shows it.
import t from 'tap';
import type { SipMessage } from '../../src/sip/index.js';
import { createResponse } from '../../src/sip/index.js';
import { Srf } from '../integration/control-support.js';
import type { SrfApplication } from '../integration/control-support.js';
import { checkWorld } from './invariants.js';
import { Party, sdp } from './party.js';
import { World } from './world.js';

const bob = '10.0.0.3';

async function open(prepare: (srf: SrfApplication, world: World) => void): Promise<World> {
  const world = new World(1);
  const srf = new Srf();
  srf.on('error', () => undefined);
  prepare(srf, world);
  await world.start((server) => srf.listen({ server, secret: 's' }));
  return world;
}

function sentTo(world: World, peer: string): string[] {
  return world.passed
    .filter((one) => !one.isToEngine && one.peer === peer)
    .map(({ message }) => (message?.isRequest === true ? message.method : String(message?.statusCode)));
}

t.test('a callee that has said 100 and is never heard again is given up', async (t) => {
  const outcomes: unknown[] = [];
  const world = await open((srf, world) => {
    new Party(world, bob, { answers: [100], isDeafToCancel: true });
    world.after(1, 'app', () => {
      srf.createUAC(`sip:u@${bob}`, { localSdp: sdp }).catch((error: unknown) => outcomes.push(error));
    });
  });
  await world.run();
  checkWorld(world);
  t.strictSame(world.faults, []);
  t.ok(sentTo(world, bob).includes('CANCEL'));
  t.match(outcomes, [{ status: 408 }]);
});

t.test(
  'a late 2xx whose Contact is a tel: URI is acknowledged and ended where the INVITE went',
  async (t) => {
    const world = await open((srf) => {
      srf.invite((req) => void srf.proxyRequest(req, [`sip:u@${bob}`], { finalTimeout: '1s' }));
    });
    const answer = (request: SipMessage): void => {
      const response = createResponse(request, 200, undefined, 'b');
      response.append('Contact', '<tel:+15550100>');
      world.send(bob, response.toString());
    };
    world.addPeer(bob, {
      receive: (request) => {
        if (request.method === 'INVITE') world.after(1500, 'late', () => answer(request));
        else if (request.method === 'BYE') answer(request);
      },
    });
    const alice = new Party(world, '10.0.0.2', {});
    world.after(1, 'call', () => alice.ask('INVITE'));
    await world.run();
    checkWorld(world);
    t.strictSame(world.faults, []);
    const seen = sentTo(world, bob);
    t.ok(seen.includes('ACK') && seen.includes('BYE'), seen.join());
  },
);

t.test('an application that says 180 and then proxies leaves no early dialog behind', async (t) => {
  const world = await open((srf) => {
    srf.invite((req, res) => {
      res.send(180);
      void srf.proxyRequest(req, [`sip:u@${bob}`], { recordRoute: true });
    });
  });
  new Party(world, bob, {});
  const alice = new Party(world, '10.0.0.2', { inCall: ['BYE'] });
  world.after(1, 'call', () => alice.ask('INVITE'));
  await world.run(10_000);
  t.equal(world.engine.openDialogs, 0);
  await world.run();
  checkWorld(world);
  t.strictSame(world.faults, []);
});
