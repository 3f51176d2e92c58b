// --from, --to and --partner, as reports and lists of calls take them.
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { didYouMean } from '../config/index.js';
import type { Settings } from '../config/index.js';
import { AppError } from '../kernel/index.js';
import { coverageOf, knownNames } from '../records/index.js';
import type { RecordsDatabase, ReportPeriod } from '../records/index.js';

/** A moment as it was written. */
export interface Moment {
  readonly text: string;
  /** Milliseconds since the Unix epoch; of a day, its start. */
  readonly at: number;
  readonly isDay: boolean;
}

export interface PeriodOptions {
  readonly from?: Moment;
  readonly to?: Moment;
  readonly partner?: string;
}

/** Thrown when the command line asks for something that there is not. */
export class ReportArgumentError extends AppError {
  constructor(message: string) {
    super('CLI_REPORT_ARGUMENT', message);
  }
}

const dayMs = 86_400_000;
const momentPattern =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)(Z|[+-]\d{2}:\d{2})?)?$/;

/** What a moment may be. */
export const momentWords = 'it must be a day such as 2026-11-01, or a time such as 2026-11-01T08:30Z';

/** A day or an ISO 8601 time, in UTC unless it says otherwise; undefined when it is neither. */
export function momentOf(text: string): Moment | undefined {
  const [, day, time, zone] = momentPattern.exec(text) ?? [];
  const start = day === undefined ? NaN : Date.parse(`${day}T00:00:00Z`);
  // The 30th of February is no day, though Date.parse may take it for one of March.
  const isDay = !Number.isNaN(start) && new Date(start).toISOString().startsWith(day ?? '');
  const at = isDay && time !== undefined ? Date.parse(`${day ?? ''}T${time}${zone ?? 'Z'}`) : start;
  return isDay && !Number.isNaN(at) ? { text, at, isDay: time === undefined } : undefined;
}

/** As `momentOf`, of the command line. @throws InvalidArgumentError */
export function parseMoment(text: string): Moment {
  const moment = momentOf(text);
  if (moment === undefined) throw new InvalidArgumentError(momentWords);
  return moment;
}

/** The first moment after the period: a day counts as a whole. */
export function endOf({ at, isDay }: Moment): number {
  return isDay ? at + dayMs : at;
}

/** Adds the options. */
export function withPeriod(command: Command): Command {
  return command
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option(
      '--from <day>',
      'first day (UTC), such as 2026-11-01, or a time (default: everything)',
      parseMoment,
    )
    .option(
      '--to <day>',
      'last day (UTC), all of it, or a time before which (default: until now)',
      parseMoment,
    )
    .option('--partner <id>', 'calls of this partner only');
}

/** @throws ReportArgumentError when nothing can lie between */
export function periodOf({ from, to, partner }: PeriodOptions): ReportPeriod {
  if (from !== undefined && to !== undefined && from.at >= endOf(to)) {
    throw new ReportArgumentError(`--from ${from.text} is after --to ${to.text}`);
  }
  return {
    from: from === undefined ? undefined : new Date(from.at),
    to: to === undefined ? undefined : new Date(endOf(to)),
    partner,
  };
}

/** @throws ReportArgumentError for a partner that neither the settings nor the records know */
export async function checkPartner(
  database: RecordsDatabase,
  settings: Settings,
  partner: string | undefined,
): Promise<void> {
  if (partner === undefined) return;
  const known = new Set(settings.partners.partners.map((one) => one.partner));
  if (known.has(partner)) return;
  for (const one of (await knownNames(database)).partners) known.add(one);
  checkName('--partner', partner, known);
}

/** @throws ReportArgumentError */
export function checkName(option: string, name: string | undefined, known: Iterable<string>): void {
  const names = [...known];
  if (name === undefined || names.includes(name)) return;
  const hint = didYouMean(name, names) || (names.length === 0 ? '' : `; there are ${listed(names)}`);
  throw new ReportArgumentError(`${option}: there is no ${JSON.stringify(name)}${hint}`);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/** `2026-11-01 to 2026-11-30 (UTC)`, with the partner. */
export function periodWords({ from, to, partner }: PeriodOptions): string {
  const of = partner === undefined ? '' : ` of ${partner}`;
  const last = to === undefined ? 'now' : to.isDay ? to.text : `before ${to.text}`;
  if (from === undefined && to === undefined) return `all calls${of}`;
  const first = from === undefined ? 'the first call' : from.text;
  const days = from?.text === to?.text ? first : `${first} to ${last}`;
  return `calls${of}, ${days} (UTC)`;
}

/** What to say of a period without calls. @throws RecordsUnavailableError */
export async function noCallsWords(database: RecordsDatabase, options: PeriodOptions): Promise<string> {
  const { first, last } = await coverageOf(database, { partner: options.partner });
  const of = options.partner === undefined ? '' : ` of ${options.partner}`;
  if (first === null || last === null) {
    return `No calls${of} are in the records yet. They come here from the decision log of each router, seconds after a call.`;
  }
  return `No ${periodWords(options)}. The records hold calls${of} from ${dayOf(first)} to ${dayOf(last)}.`;
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
