// The stored procedure of identification with 1,000,000 accounts, beside a bare SELECT of the account by its key on the same
// connections in the same run.
import { readFileSync } from 'node:fs';
import Table from 'cli-table3';
import type { RecordsDatabase } from '../../../src/records/database/records-database.js';
import { defaultTryBounds, Identify } from '../../../src/records/identification/identify.js';
import type { IdentifyAnswer } from '../../../src/records/identification/identify.js';
import { identityKeys } from '../../support/records-people.js';
import type { BenchServer } from './bench-server.js';
import { at, cells, runMore, sorted } from './latency.js';
import type { Series } from './latency.js';

const ACCOUNTS = 1_000_000;
/** Accounts with a secret that the benchmark knows. */
const SAMPLE = 5000;
const secret = '471147';

/** Every seventh number is an account. */
const numberOf = (i: number): string => String(10_000_000 + i * 7);
const sample = Array.from({ length: SAMPLE }, (_, i) => numberOf((i * 104_729) % ACCOUNTS));
const known = (i: number): string => sample[i % SAMPLE] ?? '';
const unknown = (i: number): string => String(10_000_003 + ((i * 104_729) % ACCOUNTS) * 7);
let callers = 0;
const newCaller = () => ({ caller: `+1${2_000_000_000 + callers++}` });

async function fill(database: RecordsDatabase): Promise<void> {
  await database.transaction(async (session) => {
    // Keys are right by construction here; the import measures what checking them costs.
    await session.script(`
      SET LOCAL session_replication_role = replica;
      INSERT INTO proffer.partners (partner, name) VALUES ('acme', 'Acme');
      INSERT INTO proffer.products (product, name, family) VALUES ('card', 'Card', 'card');
      INSERT INTO proffer.offers (offer, partner, product, kind, name, value, url) VALUES
        ('GOLD', 'acme', 'card', 'sales', 'Gold', 100, 'https://scripts.example.com/gold'),
        ('HELP', 'acme', 'card', 'service', 'Help', 5, 'https://scripts.example.com/help');
      INSERT INTO proffer.customers (partner, customer, sales_offer)
        SELECT 'acme', 'C' || i, 'GOLD' FROM generate_series(0, ${ACCOUNTS - 1}) AS i;
      INSERT INTO proffer.phones (partner, phone, customer)
        SELECT 'acme', '+1555' || lpad(i::text, 7, '0'), 'C' || i FROM generate_series(0, ${ACCOUNTS - 1}) AS i;
      INSERT INTO proffer.accounts (partner, account, customer, secret_hash, secret_key)
        SELECT 'acme', (10000000 + i * 7)::text, 'C' || i, sha256(i::text::bytea), 'other'
          FROM generate_series(0, ${ACCOUNTS - 1}) AS i;
      INSERT INTO proffer.service_alerts (partner, alert, account, offer, opened_at)
        SELECT 'acme', 'alert-' || i, (10000000 + i * 7)::text, 'HELP', now()
          FROM generate_series(0, ${ACCOUNTS - 1}, 100) AS i;`);
  });
  const hashes = sample.map((account) => identityKeys.hash('secret', ['acme', account, secret])?.hash);
  await database.query(
    `UPDATE proffer.accounts AS a SET secret_hash = s.hash, secret_key = $3
       FROM unnest($1::text[], $2::bytea[]) AS s (account, hash) WHERE a.partner = 'acme' AND a.account = s.account`,
    [sample, hashes, identityKeys.currentId],
  );
  await database.query('VACUUM ANALYZE');
  await database.query('CHECKPOINT');
}

interface Kind {
  readonly what: string;
  readonly run: (database: RecordsDatabase, i: number) => Promise<unknown>;
}

const free = new Identify(identityKeys, { ...defaultTryBounds, triesByAccount: 1_000_000 });
const bounded = new Identify(identityKeys, { ...defaultTryBounds, triesByCaller: 1 });

function asking(
  what: string,
  match: IdentifyAnswer['match'],
  account: (i: number) => string,
  entered: string,
) {
  return {
    what,
    run: async (database: RecordsDatabase, i: number) => {
      const question = { partner: 'acme', account: account(i), secret: entered, by: newCaller() };
      const answer = await free.ask(database, question);
      if (answer.match !== match) throw new Error(`${what}: ${answer.match}`);
    },
  };
}

const kinds: readonly Kind[] = [
  {
    what: 'SELECT of the account by its key',
    run: (database, i) =>
      database.query('SELECT * FROM proffer.accounts WHERE partner = $1 AND account = $2', [
        'acme',
        known(i),
      ]),
  },
  asking('person', 'person', known, secret),
  asking('account, wrong secret', 'account', known, '0000'),
  asking('no such account', 'none', unknown, secret),
  {
    what: 'blocked',
    run: async (database, i) => {
      const by = { caller: `+1999000${i % 2000}` };
      await bounded.ask(database, { partner: 'acme', account: known(i), secret, by });
    },
  },
];

/** Slices in which the kinds take turns, so that all meet the same machine. */
const SLICES = 10;

interface Measured {
  readonly what: string;
  readonly one: Series;
  readonly four: Series;
  /** Of the server's process of the one connection, over all runs of it, in microseconds. */
  cpu: number;
}

/** Time on a CPU so far, in microseconds (proc(5), schedstat). */
function cpuOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
}

/** The report of this part. @param count runs of each kind */
export async function benchIdentify(server: BenchServer, count: number): Promise<string> {
  const filledAt = performance.now();
  await fill(server.connect(1));
  const seconds = ((performance.now() - filledAt) / 1000).toFixed(0);
  const [one, four] = [server.connect(1), server.connect(4)];
  const [{ pid } = { pid: 0 }] = await one.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const all: Measured[] = kinds.map(({ what, run }) => ({
    what,
    one: { run: (i) => run(one, i), times: [] },
    four: { run: (i) => run(four, i), times: [] },
    cpu: 0,
  }));
  for (let slice = -1; slice < SLICES; slice++) {
    for (const kind of all) {
      const before = cpuOf(pid);
      await runMore(kind.one, count / SLICES, 1);
      kind.cpu += cpuOf(pid) - before;
      await runMore(kind.four, count / SLICES, 4);
      if (slice >= 0) continue;
      // The first is for plans and caches.
      kind.one.times.length = kind.four.times.length = 0;
      kind.cpu = 0;
    }
  }
  const table = new Table({
    head: ['', 'server CPU us', 'one: p50 ms', 'p99', 'p99.9', 'four at once: p50 ms', 'p99', 'p99.9'],
    style: { head: [], border: [] },
  });
  for (const kind of all) {
    const cpu = (kind.cpu / kind.one.times.length).toFixed(0);
    table.push([kind.what, cpu, ...cells(sorted(kind.one.times)), ...cells(sorted(kind.four.times))]);
  }
  return [
    `identification, ${ACCOUNTS.toLocaleString('en')} accounts filled in ${seconds} s; ${count.toLocaleString('en')} of each`,
    table.toString(),
    await difference(one, count),
  ].join('\n');
}

/** Known and unknown accounts in turn. */
async function difference(database: RecordsDatabase, count: number): Promise<string> {
  const [, , wrong, nobody] = kinds;
  const times: Record<'wrong' | 'nobody', number[]> = { wrong: [], nobody: [] };
  for (let i = 0; i < count; i++) {
    for (const which of i % 2 === 0 ? (['wrong', 'nobody'] as const) : (['nobody', 'wrong'] as const)) {
      const startedAt = performance.now();
      await (which === 'wrong' ? wrong : nobody)?.run(database, i);
      times[which].push(performance.now() - startedAt);
    }
  }
  const [a, b] = [sorted(times.wrong), sorted(times.nobody)];
  const us = (share: number) => `${((at(a, share) - at(b, share)) * 1000).toFixed(0)} us`;
  return `a wrong secret takes longer than an account that is not there by: p25 ${us(0.25)}, p50 ${us(0.5)}, p75 ${us(0.75)}`;
}
