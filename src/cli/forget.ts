// proffer forget: erases a person from the records, and says what of the person is elsewhere.
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { Environment } from '../config/index.js';
import { AppError, textTable } from '../kernel/index.js';
import { forgetPerson, personRows } from '../records/index.js';
import type { PersonRows } from '../records/index.js';
import { withRecords } from './records-session.js';
import { checkPartner } from './report-period.js';

interface ForgetOptions {
  readonly partner: string;
  readonly customer: string;
  readonly config?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Thrown when nobody can be asked, or the one who was asked said no. */
class NotConfirmedError extends AppError {
  constructor(message: string) {
    super('FORGET_NOT_CONFIRMED', message);
  }
}

const names: Readonly<Record<string, readonly [what: string, fate: 'erased' | 'kept without the person']>> = {
  customers: ['customer', 'erased'],
  accounts: ['accounts', 'erased'],
  phones: ['telephone numbers', 'erased'],
  serviceAlerts: ['service alerts', 'erased'],
  offersHistory: ['imported past offers', 'erased'],
  learned: ['what was learned since the ranking', 'erased'],
  refusedLines: ['lines that no table took', 'erased'],
  contacts: ['contacts', 'kept without the person'],
  decisions: ['decisions', 'kept without the person'],
  exposures: ['exposures', 'kept without the person'],
  dispositions: ['dispositions, with their notes', 'kept without the person'],
};

const help = `
Shows what the records hold of the customer, asks, and erases it. Contacts, decisions, exposures and dispositions stay without the
person, so that reports stay right. The audit keeps the time, who did it, the numbers of rows, and a hash of the reference under
PROFFER_IDENTITY_KEY (nothing without the key). Calls that a router has not handed over yet come without the person, and so do later
ones until the customer is imported again: for 90 days an unkeyed hash of the reference is kept for that, and for 30 days the
reference in an empty entry that tells the strategy stores to forget. Import files that still have the customer bring the person back.

Exit codes:
  0  erased
  1  nothing was erased: nothing is known of the customer, it was not confirmed, or the database cannot be used

Examples:
  $ proffer forget --partner acme --customer C-1001
  $ proffer forget --partner acme --customer C-1001 --yes --json`;

/** The command `forget`. */
export function forgetCommand(): Command {
  return new Command('forget')
    .description('erase a customer from the records')
    .requiredOption('-p, --partner <partner>', 'whose customer it is')
    .requiredOption('--customer <reference>', 'the reference of the customer')
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', help)
    .action((options: ForgetOptions) =>
      withRecords(options.config, async ({ database }, { environment, settings }) => {
        const { partner, customer } = options;
        const found = await personRows(database, partner, customer);
        if (isNothing(found)) {
          // One that was mistyped is not one that knows nothing of the customer.
          await checkPartner(database, settings, partner);
          sayNothing(options, environment);
          return;
        }
        if (options.json !== true) process.stdout.write(`${rowsText(found)}\n\n`);
        await confirm(options);
        const { identityKey } = environment;
        const actor = `cli:${userInfo().username}`;
        const erased = await forgetPerson(database, { partner, customer }, { actor, identityKey });
        sayErased(options, environment, erased);
      }),
    );
}

const isNothing = (rows: PersonRows): boolean => Object.values(rows).every((count) => count === 0);

function sayNothing({ partner, customer, json }: ForgetOptions, environment: Environment): void {
  const elsewhere = elsewhereOf(environment);
  process.exitCode = 1;
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ erased: false, rows: {}, elsewhere }, null, 2)}\n`);
    return;
  }
  process.stderr.write(`the records know nothing of customer ${customer} of partner ${partner}\n`);
  process.stderr.write(`${elsewhereText(elsewhere)}\n`);
}

function sayErased({ json }: ForgetOptions, environment: Environment, rows: PersonRows): void {
  const elsewhere = elsewhereOf(environment);
  if (json === true) process.stdout.write(`${JSON.stringify({ erased: true, rows, elsewhere }, null, 2)}\n`);
  else process.stdout.write(`The person is erased from the records.\n\n${elsewhereText(elsewhere)}\n`);
}

function rowsText(rows: PersonRows): string {
  const lines = Object.entries(names).flatMap(([key, [what, fate]]) => {
    const count = rows[key] ?? 0;
    return count === 0 ? [] : [[what, count.toLocaleString('en'), fate]];
  });
  return textTable([{ head: 'WHAT' }, { head: 'ROWS', isNumber: true }, { head: 'WILL BE' }], lines).join(
    '\n',
  );
}

/** @throws NotConfirmedError */
async function confirm({ yes, partner, customer }: ForgetOptions): Promise<void> {
  if (yes === true) return;
  if (!process.stdin.isTTY)
    throw new NotConfirmedError('nothing was erased: there is nobody to ask; use --yes');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(
      `Erase customer ${customer} of partner ${partner}? It cannot be undone. (yes/no) `,
    );
    if (answer.trim().toLowerCase() !== 'yes') throw new NotConfirmedError('nothing was erased');
  } finally {
    terminal.close();
  }
}

/** What the command does not reach, with what does. */
function elsewhereOf({ dataDir }: Environment): readonly string[] {
  const logs = path.join(dataDir, 'decisions');
  const rankings = path.join(dataDir, 'rankings');
  return [
    'the ranked strategy of the customer stays in the strategy store until the next ranking without the customer: proffer rank',
    `files of the decision log name customers: in ${logs} of every router, remove those that are old enough (decisionLog.maxFiles limits them)`,
    `what is kept of rankings names customers: in ${rankings}, remove the runs that are old enough`,
    'import files, sources of the ranking and backups that have the customer are yours to clean',
  ];
}

function elsewhereText(elsewhere: readonly string[]): string {
  return ['Not covered:', ...elsewhere.map((one) => `  - ${one}`)].join('\n');
}
