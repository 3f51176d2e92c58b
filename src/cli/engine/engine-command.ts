// proffer engine: the SIP engine alone, for any drachtio application. It takes what drachtio-server takes on its command line, from its
// environment and from drachtio.conf.xml; docs/engine.md has the table.
import { Command, InvalidArgumentError, Option } from 'commander';
import { engineOptions, readEngineSettings, SettingsError } from '../../config/index.js';
import type { EngineFlags, EngineOption, EngineOptionName } from '../../config/index.js';
import { PROTOCOL_VERSION } from '../../control/index.js';
import { failureLines } from '../failure.js';
import { engineExit, runEngine } from './run-engine.js';
import type { RunOptions } from './run-engine.js';

/** Said per contact, in the order of the command line. */
const contactOptions: ReadonlySet<string> = new Set(['contact', 'externalIp']);

/** Options of ours. */
interface OwnFlags {
  readonly drain: number;
  readonly traceBytes: number;
  readonly personalData?: boolean;
  readonly json?: boolean;
}

const help = `
Variables are in brackets; flags go before them, and they before drachtio.conf.xml. Further flags of drachtio-server are accepted and do
nothing here, with a warning that says why: docs/engine.md has them all.

Signals:
  SIGTERM, SIGINT  no new calls; those that are up have --drain seconds to end; again: ends at once
  SIGHUP           certificates are read anew

Exit codes:
  0  stopped by a signal, every call had ended
  1  it could not start, or broke
  2  a flag, a variable or the settings file is wrong
  3  stopped by a signal, calls that were left got BYE

Examples:
  $ DRACHTIO_SECRET=change-me proffer engine --contact 'sip:10.0.0.1;transport=udp,tcp' --external-ip 198.51.100.7
  $ proffer engine -f /etc/drachtio.conf.xml
  $ proffer trace --engine --list`;

/** `proffer engine`. */
export function engineCommand(): Command {
  const contacts: { uri: string; externalIp?: string }[] = [];
  const values: Partial<Record<EngineOptionName, string>> = {};
  const command = new Command('engine')
    .description('run the SIP engine alone; drachtio applications connect to its control port')
    .configureHelp({ minWidthToWrap: 24 })
    .addHelpText('after', help)
    .version(PROTOCOL_VERSION, '-v, --version')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : engineExit.settings));
  for (const [name, option] of Object.entries<EngineOption>(engineOptions)) {
    if (option.flag === undefined) continue;
    const added = new Option(option.flag, descriptionOf(option)).hideHelp(option.inert !== undefined);
    if (contactOptions.has(name)) added.argParser((text: string) => takeContact(contacts, name, text));
    command.addOption(added);
    command.on(`option:${added.name()}`, (text: string | null | undefined) => {
      if (contactOptions.has(name)) return;
      const key = name as EngineOptionName;
      const before = name === 'trustedNet' ? values[key] : undefined;
      values[key] = before === undefined ? (text ?? 'true') : `${before},${text ?? ''}`;
    });
  }
  return command
    .addOption(
      new Option('--drain <seconds>', 'longest time that calls have to end in after SIGTERM')
        .argParser(parseSeconds)
        .default(30),
    )
    .addOption(
      new Option(
        '--trace-bytes <number>',
        'memory for the latest SIP messages, for proffer trace --engine; 0 keeps none',
      )
        .argParser(parseBytes)
        .default(16_777_216),
    )
    .option('--personal-data', 'show numbers, names and bodies in traces and logs')
    .option('--json', 'say where it listens as one line of JSON')
    .action(async ({ drain, traceBytes, personalData, json }: OwnFlags) => {
      const isPersonalShown = personalData === true;
      const own = { drainMs: drain * 1000, traceBytes, isPersonalShown, isJson: json === true };
      await start({ values, contacts }, own);
    });
}

async function start(flags: EngineFlags, own: RunOptions): Promise<void> {
  try {
    const settings = readEngineSettings(flags);
    for (const warning of settings.warnings) process.stderr.write(`proffer: warning: ${warning}\n`);
    process.exitCode = await runEngine(settings, own);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const line of failureLines(error)) process.stderr.write(`proffer: ${line}\n`);
    process.exitCode = engineExit.settings;
  }
}

function takeContact(contacts: { uri: string; externalIp?: string }[], name: string, text: string): string {
  const last = contacts.at(-1);
  if (name === 'contact') contacts.push({ uri: text });
  else if (last === undefined) throw new InvalidArgumentError('it must follow a --contact.');
  else if (last.externalIp !== undefined) throw new InvalidArgumentError('its contact has one already.');
  else last.externalIp = text;
  return text;
}

function descriptionOf({ what, variable, inert }: EngineOption): string {
  const from = variable === undefined ? '' : ` [${variable}]`;
  return inert === undefined ? `${what}${from}` : inert;
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,5}$/.test(text) && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('it must be a number of seconds from 0 to 86400.');
}

function parseBytes(text: string): number {
  const bytes = Number(text);
  if (/^\d{1,10}$/.test(text) && (bytes === 0 || (bytes >= 65_536 && bytes <= 1_073_741_824))) return bytes;
  throw new InvalidArgumentError('it must be 0, or a number of bytes from 65536 to 1073741824.');
}
