// proffer calls: which calls there were, and the whole story of one.
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { createDecider } from '../decision/index.js';
import { mask } from '../kernel/index.js';
import { callList, callStory, knownNames } from '../records/index.js';
import type { RecordsDatabase } from '../records/index.js';
import { callTable } from './calls-list-text.js';
import { replayed } from './calls-replay.js';
import { callText } from './calls-show-text.js';
import type { Paint } from './explain-text.js';
import { askRecords, RecordsCommandError } from './records-question.js';
import { checkName, checkPartner, noCallsWords, periodOf, periodWords, withPeriod } from './report-period.js';
import type { PeriodOptions } from './report-period.js';
import { plain } from './report-text.js';

interface ListOptions extends PeriodOptions {
  readonly config?: string;
  readonly customer?: string;
  readonly caller?: string;
  readonly agent?: string;
  readonly offer?: string;
  readonly result?: string;
  readonly disposition?: string;
  readonly limit: number;
  readonly json?: boolean;
}

interface ShowOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly replay?: boolean;
}

const listHelp = `
RESULT is answered, redirected, cancelled, no-destination, ...; --result takes these and success, client-error,
upstream-error, server-error, indeterminate. TALK is agents' and IVR ports' time. Callers are stored masked unless
log.personalData is on: then --caller +15550100001 finds every number that ends in 01.

Exit codes:
  0  listed, also when there is none
  1  the database does not serve, or the settings or the command line have problems

Examples:
  $ proffer calls list --from 2026-11-26 --partner acme --disposition declined
  $ proffer calls list --agent sim-acme-sales-1 --limit 10 --json`;

const showHelp = `
ID is a decision id, or a SIP Call-ID; calls that share a Call-ID are listed. Times are offsets from the INVITE.
--replay decides the call again, from what was recorded, by the settings at hand.

Exit codes:
  0  shown
  1  no such call, the database does not serve, or the settings or the command line have problems

Examples:
  $ proffer calls show 8d07d280-3e77-40a2-9b9e-d11fa55d4220 --replay
  $ proffer calls show ebffba8f3e296ffbe4b50f84@127.0.0.1:53002 --json`;

const greatestLimit = 10_000;
const defaultLimit = 50;

/** The command `calls`. @throws SettingsError, AppError for what cannot be shown */
export function callsCommand(): Command {
  return new Command('calls')
    .description('list calls of the records, show the whole story of one')
    .addCommand(
      withPeriod(new Command('list'))
        .description('list calls, newest first')
        .option('--customer <ref>', 'calls of this customer')
        .option('--caller <number>', 'calls from this number, as it is stored')
        .option('--agent <name>', 'calls that this agent had')
        .option('--offer <code>', 'calls that were routed for this offer')
        .option('--result <word>', 'calls that ended so')
        .option('--disposition <code>', 'calls with this disposition')
        .option('--limit <count>', 'so many at most', limitOf, defaultLimit)
        .option('--json', 'print the result as JSON')
        .addHelpText('after', listHelp)
        .action(list),
    )
    .addCommand(
      new Command('show')
        .description('show one call from its INVITE to what was learned of it')
        .argument('<id>', 'decision id or SIP Call-ID')
        .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
        .option('--replay', 'decide it again and compare')
        .option('--json', 'print the story as JSON')
        .addHelpText('after', showHelp)
        .action(show),
    );
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (/^\d{1,9}$/.test(text) && limit >= 1 && limit <= greatestLimit) return limit;
  throw new InvalidArgumentError(`it must be a whole number from 1 to ${greatestLimit}`);
}

async function list(options: ListOptions): Promise<void> {
  const { from, to } = periodOf(options);
  const { partner, customer, caller, agent, offer, result, disposition, limit } = options;
  await askRecords(options.config, async ({ settings, database }) => {
    await checkPartner(database, settings, partner);
    await checkFilters(database, options);
    const callers = caller === undefined ? undefined : [caller, mask(caller)];
    const filter = { partner, customer, agent, offer, result, disposition };
    const calls = await callList(database, { from, to, callers, ...filter, limit });
    if (options.json === true) process.stdout.write(`${JSON.stringify({ calls }, null, 2)}\n`);
    else if (calls.length > 0)
      process.stdout.write(`${callTable(calls).join('\n')}\n${moreLine(calls.length, limit)}`);
    else
      process.stdout.write(`${await nothingWords(database, options, [caller, ...Object.values(filter)])}\n`);
  });
}

function moreLine(count: number, limit: number): string {
  return count < limit ? '' : `  The newest ${count}; --limit takes more.\n`;
}

async function nothingWords(
  database: RecordsDatabase,
  options: ListOptions,
  filters: readonly (string | undefined)[],
): Promise<string> {
  const hasFilter = filters.some((one) => one !== undefined && one !== options.partner);
  return hasFilter
    ? `No call matches these options (${periodWords(options)}).`
    : noCallsWords(database, options);
}

async function checkFilters(database: RecordsDatabase, { offer, disposition }: ListOptions): Promise<void> {
  if (offer === undefined && disposition === undefined) return;
  const { offers, dispositions } = await knownNames(database);
  checkName('--offer', offer, offers);
  checkName('--disposition', disposition, dispositions);
}

const same = (text: string): string => text;
const noColours: Paint = { bold: same, dim: same, green: same, red: same };
const colours: Paint = { bold: pc.bold, dim: pc.dim, green: pc.green, red: pc.red };

async function show(id: string, options: ShowOptions): Promise<void> {
  await askRecords(options.config, async ({ settings, database }) => {
    const answer = await callStory(database, id);
    if (answer.kind === 'unknown') {
      throw new RecordsCommandError(
        `no call ${JSON.stringify(plain(id).slice(0, 100))} is in the records: ID is a decision id or a SIP Call-ID; proffer calls list names them`,
      );
    }
    if (answer.kind === 'several') {
      const { calls } = answer;
      process.stdout.write(
        options.json === true
          ? `${JSON.stringify({ calls }, null, 2)}\n`
          : `${calls.length} calls have this Call-ID; show one by its decision id.\n\n${callTable(calls).join('\n')}\n`,
      );
      return;
    }
    const { story } = answer;
    const replays = story.decisions.map(({ record }) =>
      options.replay !== true || record === undefined
        ? undefined
        : replayed(record, createDecider(settings, { medium: record.medium ?? 'call' })),
    );
    if (options.json === true) {
      const decisions = story.decisions.map((one, i) => ({ ...one, replay: replays[i] }));
      process.stdout.write(`${JSON.stringify({ ...story, decisions }, null, 2)}\n`);
      return;
    }
    const detailDays = settings.process.records.decisionDetailDays;
    process.stdout.write(
      callText({ story, replays, detailDays }, process.stdout.isTTY ? colours : noColours),
    );
  });
}
