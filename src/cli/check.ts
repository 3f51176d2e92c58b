// proffer check: validates the settings and shows what they say; with --live, what the centres say too.
import { join } from 'node:path';
import { Command } from 'commander';
import { formatProblem, loadSettings, readEnvironment, SettingsError } from '../config/index.js';
import type { Environment, SettingsProblem, SettingsResult } from '../config/index.js';
import { databasePlace, embeddedPlace } from '../records/index.js';
import { loadTlsFiles, SipTransportError } from '../sip/index.js';
import { checkLive, isUsable, liveSummary } from './check-live.js';
import type { LiveCentre } from './check-live.js';
import { settingsSummary, settingsTotals } from './check-summary.js';

interface CheckOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly live?: boolean;
}

interface Checked {
  readonly configDir: string;
  /** Where the records are, for people. */
  readonly records?: string;
  readonly result: SettingsResult;
  /** What the centres say; undefined when they were not asked. */
  readonly centres?: readonly LiveCentre[];
}

const help = `
Problems go to standard error, one line each: FILE:LINE: FIELD: what is there and what would be right.
With --json everything goes to standard output as one object: ok, configDir, and totals or problems; with --live also centres.

--live connects to the event socket of every centre that has one (eventSocket in centres.yaml or FREESWITCH_ESL; the password is
FREESWITCH_ESL_SECRET) and shows its agents, its queues, which queues of the settings it does not have, and how its clock is set.
It takes at most 15 s. Settings that are wrong end it before any centre is asked.

Exit codes:
  0  the settings are valid; with --live: every event socket can be used, and has every queue
  1  the settings, the environment or the command line have problems; with --live also: an event socket cannot be used, or a
     queue of the settings is not there

Examples:
  $ proffer check --config /etc/proffer && systemctl kill -s HUP proffer
  $ proffer check --live`;

/** The command `check`. Sets `process.exitCode`; never throws for settings that are wrong. */
export function checkCommand(): Command {
  return new Command('check')
    .description('validate the settings and print what they say')
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--json', 'print the result as JSON')
    .option('--live', 'ask the event sockets of the centres too')
    .addHelpText('after', help)
    .action(async (options: CheckOptions) => {
      const checked = await check(options);
      if (options.json === true) printJson(checked);
      else print(checked);
      process.exitCode = isGood(checked) ? 0 : 1;
    });
}

const isGood = ({ result, centres = [] }: Checked): boolean => result.ok && centres.every(isUsable);

function print({ configDir, result, centres, records = '' }: Checked): void {
  if (!result.ok) {
    for (const problem of result.problems) process.stderr.write(`${formatProblem(problem)}\n`);
    process.stderr.write(`${verdict(configDir, result.problems)}\n`);
    return;
  }
  const columns = process.stdout.isTTY ? process.stdout.columns : Infinity;
  const live = centres === undefined ? '' : `${liveSummary(centres, columns)}\n`;
  const unusable = centres?.filter((one) => !isUsable(one)).length ?? 0;
  const but = unusable === 0 ? '' : `, but ${unusable} of its centres cannot be used as they are set`;
  process.stdout.write(
    `${settingsSummary(result.settings, columns)}\n\nRecords are ${records}\n${live}\n${configDir} is valid${but}\n`,
  );
}

async function check(options: CheckOptions): Promise<Checked> {
  try {
    const environment = readEnvironment();
    const configDir = options.config ?? environment.configDir;
    const loaded = loadSettings(configDir, environment);
    const result = loaded.ok ? await withCertificates(await withRules(loaded, configDir), configDir) : loaded;
    const records = recordsPlace(environment);
    if (options.live !== true || !result.ok) return { configDir, result, records };
    const { centres } = result.settings.centres;
    return { configDir, result, records, centres: await checkLive(centres, environment.freeswitchSecret) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { configDir: '', result: { ok: false, problems: error.problems } };
  }
}

function recordsPlace({ databaseUrl, dataDir }: Environment): string {
  return databaseUrl === undefined
    ? `in ${embeddedPlace(dataDir).description}`
    : `in PostgreSQL at ${databasePlace(databaseUrl)}`;
}

/** Rules and formulas are SQL: whether they can be worked out is for the ranking to say. */
async function withRules(
  result: SettingsResult & { readonly ok: true },
  configDir: string,
): Promise<SettingsResult> {
  if (result.settings.ranking.rankings.length === 0) return result;
  const { checkRules } = await import('../ranking/index.js');
  const found = await checkRules(result.settings, Date.now());
  if (found.length === 0) return result;
  const file = join(configDir, 'ranking.yaml');
  const problems = found.map(({ place, problem }) => ({
    file,
    line: 0,
    column: 0,
    field: place,
    message: problem,
  }));
  return { ok: false, problems };
}

/** Certificates are read from their files when the process starts: whether they can be used is for the engine to say. */
async function withCertificates(result: SettingsResult, configDir: string): Promise<SettingsResult> {
  if (!result.ok) return result;
  const { engine, tls } = result.settings.process.sip;
  if (engine !== 'embedded' || tls === undefined) return result;
  try {
    await loadTlsFiles(tls);
    return result;
  } catch (error) {
    if (!(error instanceof SipTransportError)) throw error;
    const field = `sip.tls.${String(error.fields['part'])}`;
    const file = join(configDir, 'proffer.yaml');
    return { ok: false, problems: [{ file, line: 0, column: 0, field, message: error.message }] };
  }
}

function verdict(configDir: string, problems: readonly SettingsProblem[]): string {
  const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return configDir === '' ? many : `${many} in ${configDir}`;
}

function printJson(checked: Checked): void {
  const { configDir, result, records, centres } = checked;
  const answer = result.ok
    ? { ok: isGood(checked), configDir, totals: settingsTotals(result.settings), records, centres }
    : { ok: false, configDir, problems: result.problems };
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}
