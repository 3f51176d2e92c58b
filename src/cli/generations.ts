// proffer generations: what was published, and the way back to what was published before.
import { Command, InvalidArgumentError } from 'commander';
import { systemClock } from '../kernel/index.js';
import { ageOf } from '../strategy-store/index.js';
import type { StrategyStore } from '../strategy-store/index.js';
import { durationWords, generationLines } from './generation-table.js';
import { withStore } from './strategies-session.js';
import type { CommonOptions } from './strategies-session.js';

const listHelp = `
STATE is one of
  current  calls are decided by it; "current, outdated" when it is older than its MAX AGE: no offer is made
  retired  replaced, and kept for a way back
  loading  being written now, or left by a load that died: the next load removes it
CREATED is in UTC. Equal CONTENT means equal strategies, in any store.

Exit codes:
  0  listed
  1  the settings or the store cannot be read`;

const swapHelp = `
The generation that was current is retired and kept, so the swap can be swapped back.

Exit codes:
  0  it is current, for every caller
  1  nothing was changed: it is not a retired generation of the partner, not whole, or a load is under way

Example:
  $ proffer generations list --partner acme
  $ proffer generations swap 11 --partner acme`;

const dropHelp = `
Removes its strategies from the store. The current generation is never removed; one that was replaced less than a
minute ago is refused, since a router may still read it.

Exit codes:
  0  removed
  1  nothing was changed: it is not there, current, just replaced, or a load is under way`;

interface PartnerOptions extends CommonOptions {
  readonly partner: string;
}

/** The command `generations`. @throws SettingsError, AppError for what cannot be done */
export function generationsCommand(): Command {
  return new Command('generations')
    .description('list published generations of strategies, swap an old one back in, drop one')
    .addCommand(
      common(new Command('list'))
        .description('list the generations in the store')
        .option('--partner <id>', 'list this partner only')
        .addHelpText('after', listHelp)
        .action(listGenerations),
    )
    .addCommand(
      common(new Command('swap'))
        .description('make a retired generation current again')
        .argument('<generation>', 'its number', generationNumber)
        .requiredOption('--partner <id>', 'whose it is')
        .addHelpText('after', swapHelp)
        .action(swap),
    )
    .addCommand(
      common(new Command('drop'))
        .description('remove a generation that is not current')
        .argument('<generation>', 'its number', generationNumber)
        .requiredOption('--partner <id>', 'whose it is')
        .addHelpText('after', dropHelp)
        .action(drop),
    );
}

/** Also `strategies list`. */
export async function listGenerations(options: CommonOptions): Promise<void> {
  await withStore(options, async ({ store }) => {
    const all = await store.writer.generations();
    const rows = all.filter(
      (one) => options.partner === undefined || one.generation.partner === options.partner,
    );
    if (options.json === true) printJson({ generations: rows });
    else if (rows.length === 0) {
      const whose = options.partner === undefined ? '' : ` of ${options.partner}`;
      process.stdout.write(`no generation${whose} in ${store.describe()}\n`);
    } else {
      const lines = generationLines(rows, systemClock.wallNow());
      process.stdout.write(`${lines.join('\n')}\n${store.describe()}\n`);
    }
  });
}

async function swap(number: number, options: PartnerOptions): Promise<void> {
  const { partner } = options;
  await withStore(options, async ({ store }) => {
    const replaced = await currentOf(store, partner);
    const generation = await store.writer.makeCurrent(partner, number);
    const age = ageOf(generation, systemClock.wallNow());
    if (age.isOutdated) {
      const maxAge = durationWords(age.maxAgeMs ?? 0);
      process.stderr.write(
        `generation ${number} is ${durationWords(age.ageMs)} old and its maxAge is ${maxAge}: no offer is made from it\n`,
      );
    }
    if (options.json === true)
      printJson({ ok: true, partner, current: number, replaced, isOutdated: age.isOutdated });
    else {
      const old = replaced === undefined ? '' : `; generation ${replaced} is retired`;
      process.stdout.write(`generation ${number} of ${partner} is current${old}\n`);
    }
  });
}

async function drop(number: number, options: PartnerOptions): Promise<void> {
  const { partner } = options;
  await withStore(options, async ({ store }) => {
    const { strategies } = await store.writer.drop(partner, number);
    if (options.json === true) printJson({ ok: true, partner, dropped: number, strategies });
    else
      process.stdout.write(
        `generation ${number} of ${partner} is removed (${strategies.toLocaleString('en')} strategies)\n`,
      );
  });
}

async function currentOf(store: StrategyStore, partner: string): Promise<number | undefined> {
  const [current] = await store.search.current(partner);
  return current?.generation;
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

function common(command: Command): Command {
  return command
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--json', 'print the result as JSON');
}

function generationNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('It must be the number of a generation.');
  return Number(text);
}
