import { scriptCustomer } from '../../../src/records/script-customer/script-customer.js';
import { openShop, placeCall } from '../../support/records-shop.js';
import { onEachDatabase } from '../../support/records-stage.js';

onEachDatabase(
  'a script sees the fields that the settings name, of the customer of the call',
  async (t, { database }) => {
    await openShop(database);
    await database.query(
      `UPDATE proffer.customers SET name = 'Ann Lee', attributes = '{"city": "Leeds", "visits": 3, "deep": {"a": 1}, "none": null}'
     WHERE customer = 'c1'`,
    );
    await placeCall(database, { decisionId: 'd-1', at: Date.now() });
    const fields = () => ['name', 'language', 'city', 'visits', 'deep', 'none', 'unknown'];
    const of = (id: string, live?: { partner: string; customer: string | undefined }) =>
      scriptCustomer(database, id, fields, live);
    const known = { name: 'Ann Lee', city: 'Leeds', visits: '3' };
    t.match(await of('d-1'), { partner: 'acme', fields: known });
    t.strictSame((await scriptCustomer(database, 'd-1', () => ['city']))?.fields, { city: 'Leeds' });
    t.equal(
      (await of('d-1'))?.agents.every((agent) => agent.includes('/')),
      true,
    );
    t.equal(await of('d-2'), undefined);
    t.strictSame(await of('d-2', { partner: 'acme', customer: 'c1' }), {
      partner: 'acme',
      agents: [],
      fields: known,
    });
    t.strictSame(await of('d-2', { partner: 'acme', customer: undefined }), {
      partner: 'acme',
      agents: [],
      fields: {},
    });
    t.strictSame((await of("'; DROP TABLE x", { partner: 'borealis', customer: 'c1' }))?.fields, {});
  },
);
