// Names of the demonstration customers, for scripts of offers.
import { nameDemoCustomers } from '../../src/cli/demo-names.js';
import { demoCustomers } from '../../src/strategy-store/index.js';
import { onEachDatabase } from '../support/records-stage.js';

onEachDatabase(
  'each caller of the documents gets a name once, and an import has the last word',
  async (t, { database }) => {
    await database.query(
      `INSERT INTO proffer.partners (partner, name) VALUES ('acme', 'Acme Bank'), ('borealis', 'Borealis Telecom')`,
    );
    const customers = demoCustomers();
    const [first] = customers;
    await database.query(
      `INSERT INTO proffer.customers (partner, customer, name) VALUES ('acme', $1, 'Imported')`,
      [first!.customer],
    );
    t.equal(await nameDemoCustomers(database), customers.length - 1);
    t.equal(await nameDemoCustomers(database), 0);
    const named = await database.query<{ partner: string; customer: string; name: string }>(
      'SELECT partner, customer, name FROM proffer.customers WHERE name IS NOT NULL',
    );
    t.same(
      new Set(named.map(({ partner, customer }) => `${partner} ${customer}`)),
      new Set(customers.map(({ partner, customer }) => `${partner} ${customer}`)),
    );
    t.equal(named.find(({ customer }) => customer === first!.customer)?.name, 'Imported');
  },
);
