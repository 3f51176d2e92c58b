// Calls through Kamailio on both sides of us, each with two Record-Route entries (RFC 3261 12.2.1.1, 16.4, 16.12): Alice and Bob
// are applications on engines of their own, what is between the proxies is an engine with an application that is a B2BUA, a
// proxy or an IVR port.
import t from 'tap';
import { Kamailio, kamailioMissing } from '../support/kamailio.js';
import { openStage, sdp } from './control-support.js';
import { held, party } from './kamailio-support.js';
import type { Party } from './kamailio-support.js';
import type {
  SrfApplication,
  SrfDialog,
  SrfMessage,
  SrfRequest,
  SrfResponse,
  Stage,
} from './control-support.js';

const skip = kamailioMissing() ?? false;
/** Passes on what comes in a dialog of one side to the other. */
function bridge(one: SrfDialog, other: SrfDialog): void {
  one.on('modify', (req: SrfRequest, res: SrfResponse) => {
    void other.modify(req.body).then((body) => res.send(200, { body }));
  });
  one.on('destroy', () => void other.destroy());
  for (const event of ['refer', 'notify']) {
    one.on(event, (req: SrfRequest, res: SrfResponse) => {
      const names = ['Refer-To', 'Event', 'Subscription-State', 'Content-Type'].filter((name) =>
        req.has(name),
      );
      const headers = Object.fromEntries(names.map((name) => [name, req.get(name)]));
      void other
        .request({ method: req.method, headers, body: req.body })
        .then((answer) => res.send(answer.status));
    });
  }
}

interface Scene {
  readonly alice: Party;
  readonly bob: Party;
  readonly ours: Stage;
  /** Alice calls a user of ours. */
  call(user: string): Promise<SrfDialog>;
  readonly outer: Kamailio;
  readonly inner: Kamailio;
  /** Dialogs of the IVR port. */
  readonly ports: SrfDialog[];
  readonly notified: SrfMessage[];
}

async function scene(t: { teardown(fn: () => Promise<void>): void }, isBridge: boolean): Promise<Scene> {
  const [alice, bob] = [await party(), await party()];
  const ports: SrfDialog[] = [];
  const notified: SrfMessage[] = [];
  const parameter = isBridge ? ';transport=tcp' : '';
  const inner = await Kamailio.start({ next: `127.0.0.1:${bob.stage.sipPort}${parameter}`, isBridge });
  const serve = (srf: SrfApplication): void =>
    srf.invite((req, res) => {
      const [, mode = '', user = ''] = /sip:(\w+)-(\w+)@/.exec(req.uri) ?? [];
      const target = `sip:${user}@${inner.sip}`;
      if (mode === 'proxy') {
        void srf.proxyRequest(req, [target], { remainInDialog: true }).catch(() => undefined);
      } else if (mode === 'b2bua') {
        srf.createB2BUA(req, res, target, {}).then(
          ({ uas, uac }) => {
            bridge(uas, uac);
            bridge(uac, uas);
          },
          () => undefined,
        );
      } else {
        void srf.createUAS(req, res, { localSdp: sdp }).then((dialog) => {
          dialog.on('notify', (notify: SrfRequest, answer: SrfResponse) => {
            notified.push(notify);
            answer.send(200);
          });
          ports.push(dialog);
        });
      }
    });
  const ours = await openStage('in-process', serve);
  const outer = await Kamailio.start({ next: `127.0.0.1:${ours.sipPort}${parameter}`, isBridge });
  t.teardown(async () => {
    await ours.close();
    await alice.stage.close();
    await bob.stage.close();
    await outer.stop();
    await inner.stop();
  });
  const call = async (user: string): Promise<SrfDialog> =>
    alice.watch(await alice.stage.srf.createUAC(`sip:${user}@${outer.sip}`, { localSdp: sdp }));
  return { alice, bob, ours, call, outer, inner, ports, notified };
}

for (const isBridge of [false, true]) {
  const how = isBridge ? 'UDP to TCP' : 'UDP to UDP';
  t.test(`through two Kamailios, ${how}`, { skip }, async (t) => {
    const the = await scene(t, isBridge);
    const { alice, bob } = the;
    // Vias at the far end: the proxy of that side and our leg; or all four of the way.
    // Record-Routes: two of each Kamailio, and one of ours, or two where the protocols of our sides differ.
    for (const [mode, vias, routes] of [
      ['b2bua', 2, 2],
      ['proxy', 4, isBridge ? 6 : 5],
    ] as const) {
      await t.test(`${mode}: hold, resume and BYE from each side`, async (t) => {
        for (const ends of ['alice', 'bob'] as const) {
          const answered = bob.answered();
          const [near, far] = await Promise.all([the.call(`${mode}-bob`), answered]);
          await bob.heard.next(`INVITE ${vias}`);
          t.equal(bob.recordRoutes, routes);
          await near.modify(held);
          await bob.heard.next(`INVITE ${vias}`);
          await near.modify(sdp);
          await bob.heard.next(`INVITE ${vias}`);
          await far.modify(held);
          await alice.heard.next(`INVITE ${vias}`);
          await (ends === 'alice' ? near : far).destroy();
          await (ends === 'alice' ? bob : alice).heard.next(`BYE ${vias}`);
        }
      });

      await t.test(`${mode}: CANCEL`, async (t) => {
        let sent: SrfRequest | undefined;
        const rings = new Promise<void>((resolve) => (bob.onRing = resolve));
        const work = alice.stage.srf.createUAC(
          `sip:${mode}-ring@${the.outer.sip}`,
          { localSdp: sdp },
          { cbRequest: (_error: unknown, request: SrfRequest) => (sent = request) },
        );
        const ended = work.then(
          () => 200,
          (error: unknown) => (error as { status?: number }).status,
        );
        await rings;
        sent?.cancel();
        t.equal(await ended, 487);
      });

      await t.test(`${mode}: REFER from each side, and the NOTIFYs of it`, async (t) => {
        const answered = bob.answered();
        const [near, far] = await Promise.all([the.call(`${mode}-bob`), answered]);
        for (const [from, dialog, to] of [
          [alice, near, bob],
          [bob, far, alice],
        ] as const) {
          const headers = { 'Refer-To': '<sip:carol@192.0.2.9>' };
          const accepted = await dialog.request({ method: 'REFER', headers });
          t.equal(accepted.status, 202);
          await to.heard.next(`REFER ${vias}`);
          await from.heard.next(`NOTIFY ${vias}`);
          await from.heard.next(`NOTIFY ${vias}`);
        }
        await near.destroy();
        await bob.heard.next(`BYE ${vias}`);
      });
    }

    await t.test('an IVR port moves the caller by REFER, hears how it went, and hangs up', async (t) => {
      await the.call('ivr-menu');
      const port = the.ports[0];
      const headers = { 'Refer-To': `<sip:queue@${the.inner.sip}?X-Offer-ID=A1>` };
      t.equal((await port?.request({ method: 'REFER', headers }))?.status, 202);
      await alice.heard.next('REFER 2');
      while (the.notified.length < 2) await new Promise((resolve) => setImmediate(resolve));
      t.match(the.notified[1]?.body, /^SIP\/2\.0 200 OK/);
      await port?.destroy();
      await alice.heard.next('BYE 2');
    });
    t.equal(the.ours.engine.openDialogs, 0, 'nothing stays');
  });
}
