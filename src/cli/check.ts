// proffer check: validates the settings and shows what they say.
import { join } from 'node:path';
import { Command } from 'commander';
import { formatProblem, loadSettings, readEnvironment, SettingsError } from '../config/index.js';
import type { SettingsProblem, SettingsResult } from '../config/index.js';
import { settingsSummary, settingsTotals } from './check-summary.js';

interface CheckOptions {
  readonly config?: string;
  readonly json?: boolean;
}

const help = `
Problems go to standard error, one line each: FILE:LINE: FIELD: what is there and what would be right.
With --json everything goes to standard output as one object: ok, configDir, and totals or problems.

Exit codes:
  0  the settings are valid
  1  the settings, the environment or the command line have problems

Example:
  $ proffer check --config /etc/proffer && systemctl kill -s HUP proffer`;

/** The command `check`. Sets `process.exitCode`; never throws for settings that are wrong. */
export function checkCommand(): Command {
  return new Command('check')
    .description('validate the settings and print what they say')
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', help)
    .action(async (options: CheckOptions) => {
      const { configDir, result } = await check(options.config);
      if (options.json === true) printJson(configDir, result);
      else if (result.ok) {
        const columns = process.stdout.isTTY ? process.stdout.columns : Infinity;
        process.stdout.write(`${settingsSummary(result.settings, columns)}\n\n${configDir} is valid\n`);
      } else {
        for (const problem of result.problems) process.stderr.write(`${formatProblem(problem)}\n`);
        process.stderr.write(`${verdict(configDir, result.problems)}\n`);
      }
      process.exitCode = result.ok ? 0 : 1;
    });
}

async function check(chosenDir: string | undefined): Promise<{
  readonly configDir: string;
  readonly result: SettingsResult;
}> {
  try {
    const environment = readEnvironment();
    const configDir = chosenDir ?? environment.configDir;
    const result = loadSettings(configDir, environment);
    return { configDir, result: result.ok ? await withRules(result, configDir) : result };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { configDir: '', result: { ok: false, problems: error.problems } };
  }
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

function verdict(configDir: string, problems: readonly SettingsProblem[]): string {
  const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return configDir === '' ? many : `${many} in ${configDir}`;
}

function printJson(configDir: string, result: SettingsResult): void {
  const answer = result.ok
    ? { ok: true, configDir, totals: settingsTotals(result.settings) }
    : { ok: false, configDir, problems: result.problems };
  process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
}
