// proffer import by the command line: rejected rows, exit codes, what it says.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Client } from 'pg';
import { ImportShell } from '../support/import-shell.js';
import { PostgresServer } from '../support/postgres-server.js';

t.setTimeout(300_000);

const server = await PostgresServer.start();
t.teardown(() => server.stop());
const shell = new ImportShell({
  DATABASE_URL: server.url,
  PROFFER_IDENTITY_KEY: 'a key of the tests alone',
});

await shell.import('customers', shell.file('known.csv', ['customer', 'A00101000']));

t.test('rejected rows: in a file without secrets, which is never written over', async (t) => {
  const customers = shell.file('people.csv', ['customer,ssn', 'S1,123-45-6789', 'S2,none', 'S1,987654321']);
  const first = await shell.import('customers', customers);
  t.match(first, { code: 2, new: 0, rejected: 3, rejectsFile: `${customers}.rejects.csv` });
  t.equal(
    readFileSync(`${customers}.rejects.csv`, 'utf8'),
    [
      '#line,#field,#reason,customer,ssn',
      '2,,"is there more than once, with different values",S1,***',
      '3,ssn,is no social security number: 4 to 20 digits,S2,***',
      '4,,"is there more than once, with different values",S1,***',
      '',
    ].join('\n'),
  );
  t.match(await shell.import('customers', customers), { rejectsFile: `${customers}.rejects-2.csv` });
  const plain = await shell.run([
    'import',
    'customers',
    customers,
    '--partner',
    'acme',
    '--max-rejects',
    '1',
    '--dry-run',
  ]);
  t.match(plain, {
    code: 1,
    stdout: '',
    stderr:
      /^line 2: is there more than once.*\n(?:.*\n)+.*3 rows were rejected, --max-rejects is 1; nothing was written\n$/,
  });
  const nowhere = await shell.import(
    'customers',
    customers,
    '--rejects',
    join(shell.directory, 'none', 'r.csv'),
  );
  t.match(nowhere, { code: 1, rejectsFile: null });
});

t.test('what cannot begin says why in one line', async (t) => {
  const accounts = shell.file('accounts.csv', ['account;customer;PIN', '55501;A00101000;4711']);
  const args = ['import', 'accounts', accounts, '--partner', 'acme', '--map', 'secret=PIN'];
  t.match(await shell.run(args, { PROFFER_IDENTITY_KEY: '' }), {
    code: 1,
    stderr: /^proffer: the column secret holds secrets.*PROFFER_IDENTITY_KEY.*nothing was written/,
  });
  t.match(await shell.run(['import', 'accounts', 'none.csv', '--partner', 'acme']), {
    code: 1,
    stderr: 'proffer: source none.csv: there is no such file\n',
  });
  t.match(await shell.run([...args, '--map', 'x']), { code: 1, stderr: /It must be ours=theirs/ });
  t.match(await shell.run(['import', 'accounts', accounts, '--partner', 'acmee']), {
    code: 1,
    stderr: 'proffer: partners.yaml has no partner "acmee"; did you mean "acme"?\n',
  });
  const { code, stdout, stderr } = await shell.run(args);
  t.equal(code, 0, stderr);
  t.match(stdout, /^ {2}read +new +changed +the same +repeated +rejected +seconds\n +1 +1 +0 +0 +0 +0 +\d/);
  const client = new Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query(
    `SELECT octet_length(secret_hash) AS bytes, attributes FROM proffer.accounts WHERE account = '55501'`,
  );
  await client.end();
  t.strictSame(rows, [{ bytes: 32, attributes: {} }]);
  t.notOk(existsSync(`${accounts}.rejects.csv`));
});
