import { ServiceAlerts } from '../../../src/records/alerts/service-alerts.js';
import { FakeClock } from '../../support/fake-clock.js';
import { openShop } from '../../support/records-shop.js';
import { onEachDatabase } from '../../support/records-stage.js';

const alert = { partner: 'acme', alert: 'a1', account: '1001' } as const;

onEachDatabase(
  'an alert is opened, changed and closed, in whatever order that comes',
  async (t, { database }) => {
    await openShop(database);
    const clock = new FakeClock();
    const at = clock.wallNow();
    let changes = 0;
    const alerts = new ServiceAlerts({ database, clock, onChanged: () => (changes += 1) });
    t.match(await alerts.close('acme', 'a1'), { kind: 'unknown-alert' });
    t.match(await alerts.open(alert), {
      kind: 'opened',
      alert: { ...alert, severity: 'critical', openedAt: at },
    });
    t.match(await alerts.open(alert), { kind: 'unchanged' });
    t.match(await alerts.open({ ...alert, severity: 'minor', detail: 'line noise', openedAt: at - 1000 }), {
      kind: 'changed',
      alert: { severity: 'minor', detail: 'line noise', openedAt: at - 1000 },
    });
    t.match(await alerts.open({ ...alert, account: '2001' }), { kind: 'other-account' });
    t.match(await alerts.close('acme', 'a1', at - 5000), { kind: 'closed-before-opened' });
    clock.advance(10_000);
    t.match(await alerts.close('acme', 'a1'), { kind: 'closed', alert: { closedAt: at + 10_000 } });
    t.match(await alerts.close('acme', 'a1', at + 1), {
      kind: 'unchanged',
      alert: { closedAt: at + 10_000 },
    });
    t.match(await alerts.open({ ...alert, openedAt: at + 5000 }), { kind: 'closed' }, 'told late');
    t.same(await alerts.list({ partner: 'acme', isOpen: true }), []);
    clock.advance(10_000);
    t.match(await alerts.open(alert), { kind: 'opened' }, 'again');
    t.match(await alerts.list({ partner: 'acme', account: '1001' }), [
      { alert: 'a1', openedAt: at + 20_000 },
    ]);
    t.same(await alerts.list({ partner: 'borealis' }), []);
    t.equal(changes, 10);
  },
);

onEachDatabase('an alert that cannot be is refused', async (t, { database }) => {
  await openShop(database);
  const alerts = new ServiceAlerts({ database, clock: new FakeClock() });
  const cases = [
    [{ partner: 'nobody' }, 'unknown-partner'],
    [{ account: '9999' }, 'unknown-account'],
    [{ account: "1001' OR true --" }, 'unknown-account'],
    [{ partner: 'borealis' }, 'unknown-account'],
    [{ offer: 'NOTHING' }, 'unknown-offer'],
    [{ offer: 'FIBRE' }, 'unknown-offer'],
    [{ offer: 'PLATINUM' }, 'not-a-service-offer'],
  ] as const;
  for (const [more, kind] of cases) t.equal((await alerts.open({ ...alert, ...more })).kind, kind);
  t.same(await alerts.list({ partner: 'acme' }), []);
});
