// proffer import: customers, accounts, phones, past offers and service alerts of a partner into the records database.
import { basename, join } from 'node:path';
import { userInfo } from 'node:os';
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../config/index.js';
import type { Settings } from '../config/index.js';
import { AppError } from '../kernel/index.js';
import { IdentityKeys, IMPORT_KINDS, ImportBrokenError, importTable } from '../records/index.js';
import type { ImportCounts, ImportKind, RecordsDatabase } from '../records/index.js';
import type { TableFile } from '../ranking/index.js';
import { withRecordsDatabase } from './import-database.js';
import { exitCode, outcomeJson, outcomeText } from './import-output.js';
import type { ImportOutcome } from './import-output.js';
import { ImportBar } from './import-progress.js';
import { ImportRejects } from './import-rejects.js';
import { readSettings } from './read-settings.js';
import type { SettingsInUse } from './read-settings.js';

const help = `
FILE is CSV (UTF-8, the first line names the columns; .gz and .zst are unpacked) or Parquet. Its columns:
  customers       customer, and name, language, ssn, optOut, affiliateOptOut, hardship, fraud, complaint, salesOffer
  accounts        account, customer, and product, secret, openedOn, closedOn
  phones          customer, phone
  offers-history  customer, offer, at, and disposition
  alerts          alert, account, openedAt, and offer, severity, detail, closedAt
Every other column of customers and accounts is kept as an attribute. Dates and times are ISO 8601, in UTC where
they name no zone; true, yes, 1 and false, no, 0 are understood. Social security numbers and secrets of accounts
are stored as hashes under PROFFER_IDENTITY_KEY alone.

Rows that are there already are updated where they differ; columns that the file lacks, and rows that it lacks,
stay as they are. Rows that are wrong, or that refer to what is not there, are left out and written with the
reason to FILE.rejects.csv. Rows are written in chunks: an import that broke off can be run again.

Exit codes:
  0  all rows were taken
  1  it failed or was stopped; what it says has been written stays
  2  some rows were rejected, all others were taken

Examples:
  $ proffer import customers customers.parquet --partner acme
  $ proffer import phones numbers.csv.gz --partner acme --country US --map phone=tel_no
  $ proffer import accounts accounts.csv --partner acme --dry-run`;

interface ImportCommandOptions {
  readonly partner: string;
  readonly map: ReadonlyMap<string, string>;
  readonly country?: string;
  readonly delimiter?: string;
  readonly rejects?: string;
  readonly maxRejects: number;
  readonly dryRun?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

/** Thrown when the partner is not in the settings. */
class UnknownPartnerError extends AppError {
  constructor(partner: string, known: readonly string[]) {
    const hint = didYouMean(partner, known) || `; there are ${known.join(', ')}`;
    super('IMPORT_PARTNER', `partners.yaml has no partner ${JSON.stringify(partner)}${hint}`);
  }
}

/** The command `import`. @throws SettingsError, SourceError, what `importTable` throws */
export function importCommand(): Command {
  return new Command('import')
    .description('bring customers, accounts, phones, past offers or service alerts into the records database')
    .addArgument(new Argument('<kind>', 'what FILE has').choices(IMPORT_KINDS))
    .argument('<file>', 'CSV or Parquet')
    .requiredOption('--partner <partner>', 'whose they are')
    .addOption(
      new Option('--map <ours=theirs>', 'another name of a column in FILE; may be given more than once')
        .argParser(mapping)
        .default(new Map(), 'none'),
    )
    .option(
      '--country <code>',
      "where national numbers belong (default: the partner's in ranking.yaml)",
      country,
    )
    .option(
      '--delimiter <character>',
      'between the values of CSV (default: what the first line has)',
      delimiter,
    )
    .option('--rejects <file>', 'where rejected rows go (default: FILE.rejects.csv)')
    .option('--max-rejects <count>', 'stop when more rows than that are rejected', count, 1000)
    .option('--dry-run', 'check everything, write nothing')
    .option('--config <dir>', 'directory with the settings (default: PROFFER_CONFIG_DIR)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', help)
    .action(importFile);
}

async function importFile(kind: ImportKind, file: string, options: ImportCommandOptions): Promise<void> {
  const use = readSettings(options.config);
  const partners = use.settings.partners.partners.map((one) => one.partner);
  if (!partners.includes(options.partner)) throw new UnknownPartnerError(options.partner, partners);
  // Loaded here, not by every command: DuckDB takes its time to start.
  const { openTableFile } = await import('../ranking/index.js');
  const table = await openTableFile(file, {
    workDirectory: join(use.environment.dataDir, 'imports', 'work'),
    delimiter: options.delimiter,
  });
  const rejects = new ImportRejects({
    path: options.rejects ?? `${file}.rejects.csv`,
    columns: table.columns,
    secret: new Set([options.map.get('ssn') ?? 'ssn', options.map.get('secret') ?? 'secret']),
    unit: table.format === 'CSV' ? 'line' : 'row',
  });
  try {
    const outcome = await withRecordsDatabase(use, (database) =>
      run({ kind, file, options, use, table, rejects, database }),
    );
    tell(outcome, rejects, options.json === true);
    process.exitCode = exitCode(outcome, rejects);
  } finally {
    rejects.close();
    table.close();
  }
}

interface Run {
  readonly kind: ImportKind;
  readonly file: string;
  readonly options: ImportCommandOptions;
  readonly use: SettingsInUse;
  readonly table: TableFile;
  readonly rejects: ImportRejects;
  readonly database: RecordsDatabase;
}

async function run({ kind, file, options, use, table, rejects, database }: Run): Promise<ImportOutcome> {
  const { settings, environment } = use;
  const { partner, dryRun: isDryRun = false } = options;
  const bar = new ImportBar();
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const startedAt = performance.now();
  const outcome = (counts: ImportCounts, ended: Pick<ImportOutcome, 'ignored' | 'hasLearned' | 'error'>) => ({
    ...{ kind, partner, file, format: table.format, isDryRun, place: database.place, counts, ...ended },
    seconds: (performance.now() - startedAt) / 1000,
  });
  try {
    const result = await importTable(table, {
      ...{ database, kind, partner, isDryRun, renamed: options.map, maxRejects: options.maxRejects },
      country: options.country ?? countryOf(partner, settings),
      keys: new IdentityKeys(environment.identityKey, environment.previousIdentityKeys),
      fileName: basename(file),
      actor: userName(),
      signal: controller.signal,
      onProgress: (progress) => bar.tell(progress),
      onReject: (rejected) => rejects.add(rejected),
    });
    return outcome(result, { ignored: result.ignored, hasLearned: result.hasLearned, error: undefined });
  } catch (error) {
    if (!(error instanceof ImportBrokenError)) throw error;
    return outcome(error.counts, { ignored: [], hasLearned: true, error: error.message });
  } finally {
    bar.stop();
    process.removeListener('SIGINT', interrupt);
    process.removeListener('SIGTERM', interrupt);
  }
}

function tell(outcome: ImportOutcome, rejects: ImportRejects, isJson: boolean): void {
  if (isJson) process.stdout.write(outcomeJson(outcome, rejects));
  else {
    for (const line of rejects.lines()) process.stderr.write(`${line}\n`);
    if (outcome.error === undefined) {
      for (const line of outcomeText(outcome)) process.stdout.write(`${line}\n`);
    }
  }
  if (outcome.error !== undefined) process.stderr.write(`proffer: ${outcome.file}: ${outcome.error}\n`);
}

function countryOf(partner: string, settings: Settings): string | undefined {
  return settings.ranking.rankings.find((one) => one.partner === partner)?.country;
}

/** Containers may have users without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

function mapping(text: string, before: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const [, ours, theirs] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (ours === undefined || theirs === undefined)
    throw new InvalidArgumentError('It must be ours=theirs, such as phone=tel_no.');
  return new Map([...before, [ours, theirs]]);
}

function country(text: string): string {
  if (!/^[A-Z]{2}$/.test(text))
    throw new InvalidArgumentError('It must be an ISO 3166 country code, such as US.');
  return text;
}

function delimiter(text: string): string {
  const character = text === '\\t' ? '\t' : text;
  if (character.length !== 1 || /["\r\n]/.test(character))
    throw new InvalidArgumentError('It must be one character, such as ";" or "\\t".');
  return character;
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}
