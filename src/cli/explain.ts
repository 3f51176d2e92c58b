// proffer explain: the decision that a call would get, with its whole trace, and no call.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { findPartner, identifyCaller, PartnerDirectory } from '../calls/index.js';
import { createDecider, seedOf, toDecisionRecord } from '../decision/index.js';
import { AppError, silentLogger, systemClock } from '../kernel/index.js';
import { openStrategyStore } from '../strategy-store/index.js';
import type { Environment, Partner, Settings, Trunk } from '../config/index.js';
import type { DecisionInput, Identity } from '../decision/index.js';
import type { StrategyLookup } from '../offers/index.js';
import { boardFrom } from './explain-board.js';
import { withLearned } from './learned-strategy.js';
import { explainNotes } from './explain-notes.js';
import { readSettings } from './read-settings.js';
import { ctiData, explanationText, inWords } from './explain-text.js';
import type { Explanation, Paint, StrategyOrigin } from './explain-text.js';

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

/** Thrown when the command line names something that the settings do not hold. */
class ExplainError extends AppError {
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
      process.stdout.write(await explain(options, settings, environment));
    });
}

async function explain(
  options: ExplainOptions,
  settings: Settings,
  environment: Environment,
): Promise<string> {
  const trunk = trunkOf(settings, options.trunk);
  const identity = identityOf(options, trunk);
  const partner = partnerOf(settings, options.to, trunk);
  const decider = createDecider(settings);
  const wallNow = systemClock.wallNow();
  const { lookup, store } = await lookUp(settings, environment, { partner, identity });
  const board = boardFrom(options.board, decider.destinations, wallNow);
  const input: DecisionInput = {
    decisionId: 'dry-run',
    partner: partner.partner,
    identity,
    lookup,
    board,
    divertedShare: 0,
    now: 0,
    seed: seedFrom(options.seed, identity),
  };
  const decision = decider.decide(input);
  const explanation: Explanation = {
    from: options.from,
    to: options.to,
    trunk: trunk.trunk,
    identity,
    partner: partner.partner,
    partnerName: partner.name,
    store,
    board: options.board === 'all-up' ? 'all centres up, all agents and ports free' : options.board,
    notes: explainNotes(settings, partner, { destinations: decider.destinations, board }),
    decision,
    origin: await originOf(environment.dataDir, partner.partner, decision.generation),
  };
  if (options.json !== true) return explanationText(explanation, process.stdout.isTTY ? colours : noColours);
  const steps = decision.steps.map((step) => ({
    destination: step.target.kind === 'destination' ? step.target.destination.id : 'overflow',
    uri: step.target.kind === 'destination' ? step.target.destination.uri : step.target.uri,
    ctiData: ctiData(decision, step),
  }));
  const { from, to, origin } = explanation;
  const { maintenance, affiliates } = explanation.notes;
  const words = inWords(explanation);
  const record = toDecisionRecord(decision, input, decider);
  return `${JSON.stringify({ from, to, trunk: trunk.trunk, identity, store, board: explanation.board, maintenance, affiliates, words, steps, record, origin }, null, 2)}\n`;
}

/** What the run that published the generation wrote about its offers. */
async function originOf(
  dataDir: string,
  partner: string,
  generation: number | undefined,
): Promise<StrategyOrigin | undefined> {
  if (generation === undefined || !existsSync(join(dataDir, 'rankings', partner))) return undefined;
  const { RunDirectory } = await import('../ranking/index.js');
  const run = new RunDirectory(dataDir, partner).published(generation);
  if (run?.report === undefined) return undefined;
  const { runId, directory, report } = run;
  return { runId, generation, report: join(directory, 'report.html'), offers: report.offers };
}

function trunkOf(settings: Settings, id: string | undefined): Trunk {
  const { trunks } = settings.trunks;
  const trunk = id === undefined ? trunks[0] : trunks.find((one) => one.trunk === id);
  if (trunk !== undefined) return trunk;
  throw new ExplainError(
    `--trunk: there is no ${id ?? ''}; there are ${trunks.map((one) => one.trunk).join(', ')}`,
  );
}

/** A number or URI as a header would carry it. */
function headerOf(text: string): string {
  return /^<|^(sips?|tel):/i.test(text) ? text : `<sip:${text.replace(/[\s()]/g, '')}@caller.invalid>`;
}

function identityOf(options: ExplainOptions, trunk: Trunk): Identity {
  const assertedIdentity =
    options.assertedIdentity === undefined ? undefined : headerOf(options.assertedIdentity);
  return identifyCaller({ from: headerOf(options.from), assertedIdentity, privacy: undefined }, trunk);
}

function partnerOf(settings: Settings, to: string, trunk: Trunk): Partner {
  const requestUri = headerOf(to).replace(/^<|>$/g, '');
  const { partner } = findPartner(
    new PartnerDirectory(settings),
    { requestUri, to: undefined },
    trunk.country,
  );
  if (partner !== undefined) return partner;
  const known = settings.partners.partners.flatMap((one) => one.dialledNumbers);
  const shown = known.slice(0, 5).join(', ') + (known.length > 5 ? `, and ${known.length - 5} more` : '');
  throw new ExplainError(`--to: ${to} reaches no partner (a call gets 404); the settings know ${shown}`);
}

/** A call from the same number has the same place among equals. */
function seedFrom(text: string | undefined, identity: Identity): number {
  if (text === undefined) return identity.kind === 'number' ? seedOf(identity.phone) : 0.5;
  const seed = Number(text);
  if (text.trim() !== '' && seed >= 0 && seed < 1) return seed;
  throw new ExplainError(`--seed: ${text} is no number from 0 up to, not including, 1`);
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
    throw new ExplainError(`there is no strategy store in ${environment.dataDir}; proffer start makes one`);
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
