// The records API over HTTP with a real database behind it.
import { systemClock } from '../../src/kernel/index.js';
import { recordsOperations } from '../../src/cli/records-operations.js';
import { Dispositions, ServiceAlerts } from '../../src/records/index.js';
import { learnedOf, openShop, placeCall } from '../support/records-shop.js';
import { onEachDatabase } from '../support/records-stage.js';
import { serveRecords } from '../support/records-client.js';

onEachDatabase(
  'hostile text in every field is text, and writes nothing it should not',
  async (t, { database }) => {
    await openShop(database);
    const dispositions = new Dispositions({ database, clock: systemClock });
    const alerts = new ServiceAlerts({ database, clock: systemClock });
    const ask = await serveRecords(t, recordsOperations({ dispositions, alerts }));
    await placeCall(database, { decisionId: 'd1', at: Date.now() - 1000 });
    const good = { decisionId: 'd1', offer: 'PLATINUM', code: 'declined', agent: '1001', note: 'no' };
    const hostile = [
      "'; DROP TABLE proffer.dispositions; --",
      '$1',
      '{"$gt": ""}',
      '\\u0000',
      '%s%n',
      '../../etc/passwd',
      'é😀\u202e',
      '\u0001\u001f\u007f',
      ' ',
      'null',
      'infinity',
    ];
    for (const text of hostile) {
      for (const field of ['decisionId', 'offer', 'code', 'agent'] as const) {
        const answer = await ask('POST', '/v1/dispositions', { ...good, [field]: text });
        t.ok(
          answer.status >= 400 && answer.status < 500,
          `${field}: ${JSON.stringify(text)} ${answer.status}`,
        );
        t.ok(answer.body['code'] !== undefined);
      }
      for (const field of ['partner', 'account', 'offer'] as const) {
        const alert = { partner: 'acme', alert: 'a', account: '1001', [field]: text };
        const answer = await ask('POST', '/v1/service-alerts', alert);
        t.ok(
          answer.status >= 400 && answer.status < 500,
          `${field}: ${JSON.stringify(text)} ${answer.status}`,
        );
      }
      const path = encodeURIComponent(text);
      t.equal((await ask('GET', `/v1/dispositions/${path}`)).status, 404);
      t.equal((await ask('GET', `/v1/partners/${path}/disposition-codes`)).status, 404);
      t.equal((await ask('DELETE', `/v1/service-alerts/${path}/${path}`)).status, 404);
      t.same((await ask('GET', `/v1/dispositions?open=true&agent=${path}`)).body, { open: [] });
      t.same((await ask('GET', `/v1/service-alerts?partner=${path}`)).body, { alerts: [] });
    }
    t.same(await database.query('SELECT FROM proffer.dispositions'), []);
    t.equal(await learnedOf(database), undefined);
    const note = hostile.join('\n');
    t.equal((await ask('POST', '/v1/dispositions', { ...good, note })).status, 201);
    t.match((await ask('GET', '/v1/dispositions/d1')).body, { dispositions: [{ note }] });
    const alert = { partner: 'acme', alert: hostile[0], account: '1001', detail: note };
    t.equal((await ask('POST', '/v1/service-alerts', alert)).status, 201);
    t.match((await ask('GET', '/v1/service-alerts?partner=acme')).body, { alerts: [{ detail: note }] });
  },
);

onEachDatabase('a call from the first word to the correction', async (t, { database }) => {
  await openShop(database);
  const dispositions = new Dispositions({ database, clock: systemClock });
  const alerts = new ServiceAlerts({ database, clock: systemClock });
  const ask = await serveRecords(t, recordsOperations({ dispositions, alerts }));
  await placeCall(database, { decisionId: 'd1', at: Date.now() - 1000 });
  t.match((await ask('GET', '/v1/dispositions?open=true&agent=1001')).body, { open: [{ decisionId: 'd1' }] });
  const given = { decisionId: 'd1', offer: 'PLATINUM', code: 'accepted', agent: '1001' };
  t.equal((await ask('POST', '/v1/dispositions', given)).status, 201);
  t.equal((await ask('POST', '/v1/dispositions', given)).status, 200);
  t.match(await ask('POST', '/v1/dispositions', { ...given, code: 'declined' }), {
    status: 409,
    body: { code: 'already-recorded', disposition: { code: 'accepted', value: 180 } },
  });
  t.match(await ask('PUT', '/v1/dispositions/d1/PLATINUM', { code: 'declined', agent: '1001' }), {
    status: 200,
    body: { kind: 'corrected', disposition: { revision: 2 } },
  });
  t.match((await learnedOf(database))?.offers, [{ reason: 'declined' }]);
});
