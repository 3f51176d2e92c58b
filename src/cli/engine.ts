// proffer engine: the SIP engine alone, for any drachtio application, until SIGINT or SIGTERM.
import { Command, InvalidArgumentError, Option } from 'commander';
import { readEnvironment } from '../config/index.js';
import { ControlServer } from '../control/index.js';
import { AppError, createLogger } from '../kernel/index.js';
import type { LogLevel } from '../kernel/index.js';
import { SipEngine } from '../sip/index.js';

interface EngineFlags {
  readonly contact: readonly string[];
  readonly external?: string;
  readonly host: string;
  readonly port: number;
  readonly secret?: string;
  readonly logLevel: LogLevel;
}

const defaultContact = 'sip:127.0.0.1:5060;transport=udp,tcp';

const levels: ReadonlySet<string> = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);

/** `proffer engine`. Rejects with an AppError when it cannot start. */
export function engineCommand(): Command {
  return new Command('engine')
    .description('run the SIP engine alone; drachtio applications connect to its control port')
    .addOption(
      new Option('--contact <uri>', 'address to listen on for SIP; may be given more than once')
        .argParser((value: string, before: readonly string[]) => [...before, value])
        .default([], defaultContact),
    )
    .option('--external <host>', 'host or host:port by which peers reach it, for Via and Contact')
    .option('--host <address>', 'address of the control port', '127.0.0.1')
    .option('--port <number>', 'control port', parsePort, 9022)
    .option(
      '--secret <text>',
      'what applications authenticate with (default: DRACHTIO_SECRET, which ps does not show)',
    )
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent', parseLevel, 'warn')
    .action(async (flags: EngineFlags) => runEngine(flags));
}

async function runEngine(flags: EngineFlags): Promise<void> {
  const { host, port, external } = flags;
  const secret = flags.secret ?? readEnvironment().drachtioSecret ?? '';
  if (secret === '') {
    throw new AppError('SECRET_MISSING', 'a secret is needed: set DRACHTIO_SECRET, or give --secret');
  }
  const log = createLogger({ level: flags.logLevel, personalData: false });
  const listen = flags.contact.length === 0 ? [defaultContact] : flags.contact;
  const engine = new SipEngine({ listen, log, ...(external === undefined ? {} : { advertised: external }) });
  const control = new ControlServer(engine, { secret, log });
  await engine.start();
  try {
    const opened = await control.listen(port, host);
    const sip = engine.localAddresses.map((one) => `${one.protocol}/${one.hostPort}`).join(', ');
    process.stdout.write(`SIP on ${sip}; applications on ${host}:${opened}\n`);
    await untilSignal();
  } finally {
    await engine.stop();
    await control.close();
  }
}

async function untilSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65535) return port;
  throw new InvalidArgumentError('it must be a number from 0 to 65535.');
}

function parseLevel(text: string): string {
  if (levels.has(text)) return text;
  throw new InvalidArgumentError(`it must be one of ${[...levels].join(', ')}.`);
}
