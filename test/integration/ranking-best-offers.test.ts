// The best offer of each customer in the records database, for callers who identify themselves by digits.
import t from 'tap';
import { isInControlArm } from '../../src/decision/index.js';
import { onEachKind, people } from '../support/recorded-shop.js';

t.setTimeout(300_000);

const at = '2026-11-20 10:00:00';
const customers = people(10);

onEachKind(
  'best offers are written to the records after publishing, where they differ',
  { tables: { customers: { ...customers, columns: { ...customers.columns, fraud: 'boolean' } } } },
  async (t, { shop, onDatabase }) => {
    let isControl: readonly boolean[] = [];
    const bestOffers = async (): Promise<readonly (string | null)[]> => {
      let found: readonly { sales_offer: string | null }[] = [];
      await onDatabase(async (_, database) => {
        found = await database.query('SELECT sales_offer FROM proffer.customers ORDER BY customer');
      });
      return found.map((one) => one.sales_offer);
    };
    await onDatabase(async (calls, database) => {
      await calls.catalogue({ VERSION: 'sales', OTHER: 'sales' });
      for (const customer of ['A1', 'A2', 'A3', 'unknown']) await calls.customer(customer);
      await database.query(`UPDATE proffer.customers SET sales_offer = 'VERSION'`);
      await calls.exposure({ customer: 'A2', offer: 'OTHER', at, said: ['declined'] });
      await calls.exposure({ customer: 'A3', offer: 'OTHER', at, said: ['declined'] });
      await calls.exposure({ customer: 'A3', offer: 'VERSION', at, said: ['accepted'] });
      isControl = ['A1', 'A2', 'A3'].map((customer) => isInControlArm('acme', customer, 5));
    });
    t.strictSame(isControl, [false, false, false]);
    t.match(await shop.run(['rank', '--dry-run', '--best-offers']), { code: 0 });
    t.strictSame(
      await bestOffers(),
      ['VERSION', 'VERSION', 'VERSION', 'VERSION'],
      'a dry run writes nothing',
    );
    t.match(await shop.run(['rank', '--best-offers']), {
      code: 0,
      stderr: '',
      stdout: /^ {2}best offers: written to the records, new for 3 of 4 customers there$/m,
    });
    t.strictSame(await bestOffers(), ['OTHER', 'VERSION', null, null]);
    t.match((await shop.run(['rank', '--best-offers'])).stdout, /new for 0 of 4 customers/);
    t.notMatch((await shop.run(['rank'])).stdout, /best offers/);
  },
);
