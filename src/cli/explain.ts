// proffer explain: the decision that a call would get, with its whole trace, and no call.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { PartnerDirectory } from '../calls/index.js';
import { createDecider } from '../decision/index.js';
import { AppError, silentLogger, systemClock } from '../kernel/index.js';
import { openStrategyStore } from '../strategy-store/index.js';
import type { Environment, Partner, Settings } from '../config/index.js';
import type { Identity } from '../decision/index.js';
import type { StrategyLookup } from '../offers/index.js';
import { boardFrom } from './explain-board.js';
import { askedCall, explainCall, ExplainError } from './explain-call.js';
import { withLearned } from './learned-strategy.js';
import { originOf } from './report-files.js';
import { readSettings } from './read-settings.js';
import { explanationText } from './explain-text.js';
import type { Paint } from './explain-text.js';

interface ExplainOptions {
  readonly from: string;
  readonly to: string;
  readonly assertedIdentity?: string;
  readonly trunk?: string;
  readonly board: string;
  readonly seed?: string;
  readonly config?: string;
  readonly json?: boolean;
}

const help = `
Numbers may be written as +15550100001, in the national form of the trunk, or as a sip: or tel: URI; anonymous is a caller too.
The board file is JSON; what it does not name is up and free:
  {"centres": {"west": false}, "destinations": {"east/acme-sales": {"freeServers": 0, "membersWaiting": 3,
  "handlingTimeSeconds": 280}}}

Exit codes:
  0  there is a decision, whether or not with an offer
  1  the settings, the command line, the strategy store or the dialled number is no good

Examples:
  $ proffer explain --from +15550100001 --to +18005550100
  $ proffer explain --from +15550100001 --to +18005550100 --json | jq .record.candidates`;

/** Thrown when there is no strategy store to look anything up in. */
class ExplainStoreError extends AppError {
  constructor(problem: string) {
    super('CLI_EXPLAIN', problem);
  }
}

/** The strategy store of a router that is cold may take this long; a dry run is not a call that waits. */
const patientDeadlineMs = 2000;

/** The command `explain`. @throws SettingsError, AppError for what cannot be explained */
export function explainCommand(): Command {
  return new Command('explain')
    .description('show the decision that a call would get and how it came about, without a call')
    .requiredOption('-f, --from <number>', 'who calls')
    .requiredOption('-t, --to <number>', 'the number that is dialled')
    .option('--asserted-identity <number>', 'P-Asserted-Identity; counts on a trusted trunk')
    .option('--trunk <id>', 'the trunk it comes in by (default: the first one)')
    .option('--board <all-up|file>', 'what is up and free', 'all-up')
    .option(
      '--seed <number>',
      'whose place among equals, from 0 up to 1 (default: by the number of the caller)',
    )
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--json', 'print the explanation as JSON')
    .addHelpText('after', help)
    .action(async (options: ExplainOptions) => {
      const { settings, environment } = readSettings(options.config);
      process.stdout.write(await explain(options, settings, environment).catch(byOption));
    });
}

/** A field of the question is an option here. */
function byOption(error: unknown): never {
  if (!(error instanceof ExplainError)) throw error;
  const option = error.field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new ExplainError(`--${option}`, error.problem);
}

async function explain(
  options: ExplainOptions,
  settings: Settings,
  environment: Environment,
): Promise<string> {
  const question = { ...options, seed: seedFrom(options.seed) };
  const call = askedCall(question, { settings, partners: new PartnerDirectory(settings) });
  const decider = createDecider(settings);
  const wallNow = systemClock.wallNow();
  const { lookup, store } = await lookUp(settings, environment, call);
  const { explanation, json } = await explainCall({
    question,
    call,
    settings,
    decider,
    lookup,
    store,
    board: boardFrom(options.board, decider.destinations, wallNow),
    boardWords: options.board === 'all-up' ? 'all centres up, all agents and ports free' : options.board,
    now: 0,
    divertedShare: 0,
    originOf: (partner, generation) => originOf(environment.dataDir, partner, generation),
  });
  return options.json === true
    ? `${JSON.stringify(json, null, 2)}\n`
    : explanationText(explanation, process.stdout.isTTY ? colours : noColours);
}

function seedFrom(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seed = Number(text);
  if (text.trim() !== '' && seed >= 0 && seed < 1) return seed;
  throw new ExplainError('seed', `${text} is no number from 0 up to, not including, 1`);
}

interface LookUp {
  readonly partner: Partner;
  readonly identity: Identity;
}

async function lookUp(
  settings: Settings,
  environment: Environment,
  { partner, identity }: LookUp,
): Promise<{ lookup: StrategyLookup; store: string }> {
  if (identity.kind !== 'number') return { lookup: { kind: 'miss' }, store: 'not looked up' };
  const { kind } = settings.process.strategyStore;
  if (kind === 'lmdb' && !existsSync(join(environment.dataDir, 'strategies'))) {
    // Opening would make one, and a dry run leaves nothing behind.
    throw new ExplainStoreError(
      `there is no strategy store in ${environment.dataDir}; proffer start makes one`,
    );
  }
  const store = await openStrategyStore(settings.process.strategyStore, environment, {
    clock: systemClock,
    log: silentLogger,
    storeDeadlineMs: patientDeadlineMs,
    sweepIntervalMs: 0,
    appliesLearned: false,
  });
  try {
    const started = systemClock.now();
    const ranked = await store.reader.lookup(partner.partner, identity.phone);
    const isApplied = settings.process.strategyStore.learnedEntries > 0;
    const lookup = isApplied ? await withLearned(store, ranked) : ranked;
    const ms = (systemClock.now() - started).toFixed(1);
    return { lookup, store: `${lookup.kind}, ${store.describe()}, ${ms} ms` };
  } finally {
    await store.close();
  }
}

const same = (text: string): string => text;
const noColours: Paint = { bold: same, dim: same, green: same, red: same };
const colours: Paint = { bold: pc.bold, dim: pc.dim, green: pc.green, red: pc.red };
