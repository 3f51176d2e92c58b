// The whole router between two Kamailios, each with two Record-Route entries: trunks that proxy, bridge and refer.
import t from 'tap';
import { waitUntil } from '../support/child-process.js';
import { toldAndSold } from '../support/ivr-drafts.js';
import { IvrStage, ivrTrunk, travelCaller } from '../support/ivr-stage.js';
import { Kamailio, kamailioMissing } from '../support/kamailio.js';
import { RouterProcess } from '../support/router-process.js';
import { trunkAddress } from '../support/router-settings.js';
import { sdp } from './control-support.js';
import type { SrfDialog, SrfRequest } from './control-support.js';
import { held, party } from './kamailio-support.js';
import type { Party } from './kamailio-support.js';

t.setTimeout(300_000);
const skip = kamailioMissing() ?? false;
const dialled = '+18005550100';

function offer(caller: string): object {
  return { localSdp: sdp, headers: { From: `<sip:${caller}@example.com>` } };
}

t.test('trunks that proxy and bridge', { skip }, async (t) => {
  const [alice, bob] = [await party(), await party()];
  const inner = await Kamailio.start({ next: `127.0.0.1:${bob.stage.sipPort}` });
  const router = await RouterProcess.start({
    centres: { east: Number(inner.sip.split(':')[1]), west: 9, overflow: 9 },
    edit: (draft) => {
      for (const centre of draft.centres.centres ?? []) delete centre.healthCheck;
      draft.proffer.decision = { ...draft.proffer.decision, controlArmPercent: 0 };
    },
  });
  const stop: (() => Promise<unknown>)[] = [() => router.stop(), () => inner.stop()];
  t.teardown(async () => {
    for (const { stage } of [alice, bob]) await stage.close();
    for (const one of stop) await one();
  });
  // Vias at Bob: of the INVITE, and of what follows. The proxying trunk leaves the dialog to the others.
  for (const [trunk, first, then] of [
    ['proxy', 4, 3],
    ['b2bua', 2, 2],
  ] as const) {
    const outer = await Kamailio.start({ address: trunkAddress[trunk], next: router.sip });
    stop.push(() => outer.stop());
    for (const one of [alice, bob]) one.heard.mayBeShorter = trunk === 'proxy';
    const call = async (): Promise<[SrfDialog, SrfDialog]> => {
      const answered = bob.answered();
      const uri = `sip:${dialled}@${outer.sip}`;
      const near = alice.watch(await alice.stage.srf.createUAC(uri, offer('+15550100001')));
      return [near, await answered];
    };
    for (const ends of ['alice', 'bob'] as const) {
      await t.test(`${trunk}: hold, resume, REFER, BYE of ${ends}`, async (t) => {
        const [near, far] = await call();
        await bob.heard.next(`INVITE ${first}`);
        for (const body of [held, sdp]) {
          await near.modify(body);
          await bob.heard.next(`INVITE ${then}`);
          await far.modify(body);
          await alice.heard.next(`INVITE ${then}`);
        }
        if (trunk === 'proxy') {
          const headers = { 'Refer-To': '<sip:carol@192.0.2.9>' };
          t.equal((await far.request({ method: 'REFER', headers })).status, 202);
          await alice.heard.next(`REFER ${then}`);
          for (let i = 0; i < 2; i++) await bob.heard.next(`NOTIFY ${then}`);
        }
        await (ends === 'alice' ? near : far).destroy();
        await (ends === 'alice' ? bob : alice).heard.next(`BYE ${then}`);
      });
    }
    await t.test(`${trunk}: CANCEL`, async (t) => {
      bob.ringsAll = true;
      const rings = new Promise<void>((resolve) => (bob.onRing = resolve));
      t.equal(await cancelled(alice, `sip:${dialled}@${outer.sip}`, rings), 487);
      await waitUntil('Bob hears of it', () => bob.cancelled.length > 0);
      bob.ringsAll = false;
      bob.cancelled.length = 0;
    });
  }
});

async function cancelled(alice: Party, uri: string, rings: Promise<void>): Promise<unknown> {
  let sent: SrfRequest | undefined;
  const ended = alice.stage.srf
    .createUAC(uri, offer('+15550100001'), {
      cbRequest: (_error: unknown, request: SrfRequest) => (sent = request),
    })
    .then(
      () => 200,
      (error: unknown) => (error as { status?: number }).status,
    );
  await rings;
  sent?.cancel();
  return ended;
}

t.test('a trunk that moves callers by REFER after their IVR', { skip }, async (t) => {
  const alice = await party();
  const stage = await IvrStage.open({ edit: toldAndSold });
  const outer = await Kamailio.start({ address: ivrTrunk.refer, next: stage.router.sip });
  t.teardown(async () => {
    await alice.stage.close();
    await outer.stop();
    await stage.close();
  });
  const uri = `sip:${dialled}@${outer.sip}`;
  const dialog = alice.watch(await alice.stage.srf.createUAC(uri, offer(travelCaller)));
  await alice.heard.next('REFER 2');
  // After the NOTIFY of the 200 the caller is elsewhere, and is hung up on here (RFC 5589 6.1).
  await alice.heard.next('BYE 2');
  const story = await stage.story(/^[^;]+/.exec(dialog.id)?.[0] ?? '');
  t.match(story.outcomes, [{ result: 'success', reason: 'referred', destination: /\/acme-sales$/ }]);
});
