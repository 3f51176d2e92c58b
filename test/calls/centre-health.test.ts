import t from 'tap';
import { CentreHealthChecks, isAlive } from '../../src/calls/centre-health.js';
import type { Centre } from '../../src/config/index.js';
import { FakeClock } from '../support/fake-clock.js';
import { MemoryGateway } from '../support/memory-gateway.js';
import { shipped, Story } from './story.js';

const centre: Centre = {
  ...shipped.centres.centres[0]!,
  healthCheck: { intervalMs: 1000, timeoutMs: 500, failuresToDown: 3, successesToUp: 2 },
};

function begin(random = () => 0.5) {
  const clock = new FakeClock();
  const gateway = new MemoryGateway();
  const changes: string[] = [];
  const checks = new CentreHealthChecks({
    clock,
    gateway,
    random,
    onChange: (name, isUp) => changes.push(`${name} ${isUp ? 'up' : 'down'}`),
  });
  const check = (status: number | undefined) => {
    const before = gateway.optionsSent.length;
    while (gateway.optionsSent.length === before) clock.advance(100);
    gateway.optionsSent.at(-1)!.done(status);
  };
  return { clock, gateway, checks, changes, check };
}

t.test('any final response is a sign of life but 408, 503 and 504', (t) => {
  for (const status of [200, 302, 401, 403, 404, 405, 480, 486, 500, 501, 603])
    t.ok(isAlive(status), String(status));
  for (const status of [undefined, 408, 503, 504]) t.notOk(isAlive(status), String(status));
  t.end();
});

t.test('up and down with hysteresis; the first answer is believed at once', (t) => {
  const { checks, check, changes, gateway } = begin();
  checks.watch([centre]);
  t.equal(checks.stateOf('east'), undefined);
  check(200);
  t.equal(checks.stateOf('east'), true);
  t.match(gateway.optionsSent[0], { uri: 'sip:127.0.0.1:5090;transport=udp', timeoutMs: 500 });
  check(undefined);
  check(503);
  check(200);
  check(undefined);
  check(undefined);
  t.same(changes, ['east up'], 'failures must be in a row');
  check(undefined);
  t.same(changes, ['east up', 'east down']);
  check(200);
  check(undefined);
  check(200);
  t.equal(checks.stateOf('east'), false);
  check(404);
  t.same(changes, ['east up', 'east down', 'east up']);
  t.end();
});

t.test('a centre that never answered goes down after as many failures', (t) => {
  const { checks, check, changes } = begin();
  checks.watch([centre]);
  check(undefined);
  check(undefined);
  t.equal(checks.stateOf('east'), undefined);
  check(undefined);
  t.same(changes, ['east down']);
  t.end();
});

t.test('a reload keeps what is known of the same address, and forgets what moved', (t) => {
  const { checks, check, gateway, changes } = begin();
  checks.watch([centre]);
  check(200);
  checks.watch([centre]);
  t.equal(checks.stateOf('east'), true);
  const late = gateway.optionsSent.at(-1)!;
  checks.watch([{ ...centre, port: 6000 }]);
  t.equal(checks.stateOf('east'), undefined);
  for (let i = 0; i < 5; i++) late.done(undefined);
  t.same(changes, ['east up'], 'answers of checks that are over are ignored');
  checks.stop();
  t.end();
});

t.test('checks are spread over time, and none is left after a stop', (t) => {
  const early = begin(() => 0);
  const late = begin(() => 0.999);
  early.checks.watch([centre]);
  late.checks.watch([centre]);
  early.clock.advance(1);
  late.clock.advance(1);
  t.equal(early.gateway.optionsSent.length, 1);
  t.equal(late.gateway.optionsSent.length, 0);
  late.clock.advance(1000);
  t.equal(late.gateway.optionsSent.length, 1);
  early.checks.stop();
  t.same(early.clock.running, []);
  t.end();
});

t.test('a centre that is down gets no calls while another is up', async (t) => {
  const story = await Story.begin();
  for (let round = 0; round < 4; round++) {
    story.clock.advance(6000);
    for (const sent of story.gateway.optionsSent.splice(0))
      sent.done(sent.uri.includes('5091') ? 200 : undefined);
  }
  const call = await story.call();
  t.match(call.final?.headers?.['Contact'], /^<sip:acme-sales@127\.0\.0\.1:5091/);
  const up = await story.metric('proffer_destination_up{destination="east/acme-sales"}');
  t.same(up, ['proffer_destination_up{destination="east/acme-sales"} 0']);
});
