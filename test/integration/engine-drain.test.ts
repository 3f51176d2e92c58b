// SipEngine.drain: nothing new is taken, calls that are up end in their own time, and the time is bounded.
import t from 'tap';
import { inDialog, openStage, sdp } from './control-support.js';
import type { Stage } from './control-support.js';

async function answering(): Promise<Stage> {
  return openStage('tcp', (srf) => {
    srf.invite((request, response) => {
      void srf.createUAS(request, response, { localSdp: sdp });
    });
    srf.options((_request, response) => response.send(200));
  });
}

t.test('new requests outside dialogs get 503 with Retry-After, and a call goes on to its end', async (t) => {
  const stage = await answering();
  t.teardown(() => stage.close());
  const peer = await stage.peer();
  const call = await peer.call();
  let isDrained = false;
  const drained = stage.engine.drain(60_000).then(() => (isDrained = true));
  t.equal(stage.engine.isDraining, true);
  for (const method of ['OPTIONS', 'INVITE', 'REGISTER', 'MESSAGE']) {
    peer.request(method, { body: '' });
    const refused = await peer.hearStatus(503, method);
    t.match(refused.get('retry-after'), /^\d+$/, method);
  }
  peer.request('INVITE', inDialog(call, 2));
  const again = await peer.hearStatus(200, 'INVITE');
  peer.request('ACK', { ...inDialog(call, 2), body: '' });
  t.equal(again.to()?.tag, call.toTag, 'the call can still be changed');
  t.equal(isDrained, false, 'it is waited for');
  peer.request('BYE', { ...inDialog(call, 3), body: '' });
  await peer.hearStatus(200, 'BYE');
  await drained;
  t.equal(stage.engine.isIdle, true);
});

t.test('the time is bounded, and stop ends what is left with a BYE', async (t) => {
  const stage = await answering();
  t.teardown(() => stage.close());
  const peer = await stage.peer();
  await peer.call();
  await stage.engine.drain(10);
  t.equal(stage.engine.isIdle, false);
  await stage.engine.stop();
  t.match((await peer.hearRequest('BYE')).get('reason'), /server stopping/);
});

t.test('with nothing open it is over at once', async (t) => {
  const stage = await answering();
  t.teardown(() => stage.close());
  await stage.engine.drain(60_000);
  t.equal(stage.engine.isIdle, true);
});
