// IVR ports never leak: 300 calls, 25 at once, half of them hung up on by the caller. 10,000 of them: `npm run bench:ivr-soak`.
import t from 'tap';
import { openSoak, placeCalls, readSoak } from '../support/ivr-soak.js';
import { sumOf } from '../support/metrics-text.js';

t.setTimeout(300_000);

void t.test('300 IVR calls leave no port, no channel and no socket', async (t) => {
  const stage = await openSoak();
  t.teardown(() => stage.close());
  const failed = await placeCalls(stage, 150, 25);
  const cut = async (): Promise<void> => {
    const channel = await stage.answeredCall('bridge');
    channel.hangup('NORMAL_CLEARING');
  };
  for (let round = 0; round < 6; round++) await Promise.all(Array.from({ length: 25 }, cut));
  t.match(await readSoak(stage, 300, failed), {
    failed: 0,
    routerPorts: 0,
    channels: 0,
    rtpPorts: 0,
    sockets: 4,
  });
  const samples = await stage.router.metrics();
  t.equal(sumOf(samples, 'proffer_exposures_total', { kind: 'ivr', state: 'reserved' }), 300);
  const lines = await stage.router.recordsOf('"type":"usage"', 'usage');
  t.equal(lines.length, 300, 'every port was accounted for');
});
