// proffer start: runs a router until it is told to stop.
import { Command, InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import { PinoPretty } from 'pino-pretty';
import { formatProblem } from '../config/index.js';
import type { Environment, Settings } from '../config/index.js';
import type { FirstAdmin } from '../console/index.js';
import { createLogger, errorMessage, systemClock } from '../kernel/index.js';
import type { Logger } from '../kernel/index.js';
import { callLine } from './call-line.js';
import { hasDemoPartners, loadDemoCustomers } from './demo-customers.js';
import { nameDemoCustomers } from './demo-names.js';
import { demonstrationPeople } from './demonstration-people.js';
import { LineWriter } from './line-writer.js';
import { readSettings } from './read-settings.js';
import { RouterProcess } from './router-process.js';
import { startStandIns } from './stand-ins.js';
import type { StandIns } from './stand-ins.js';

interface StartOptions {
  readonly config?: string;
  readonly quiet?: boolean;
  readonly drain: number;
}

const help = `
Prints where it listens, then one line a call; log lines (JSON) go to standard error.
SIGHUP reads the settings and the certificates again. SIGINT or SIGTERM stops: new calls get 503, OPTIONS too, and
calls that run through us have the time of --drain to end; a second one ends it at once.

Environment (an empty variable counts as not set):
  PROFFER_SIP_PORT, PROFFER_HTTP_PORT   ports in place of those in proffer.yaml
  PROFFER_DATA_DIR, PROFFER_CONFIG_DIR  default ./data and ./config
  PROFFER_API_TOKEN                     opens the HTTP API under /v1 to who shows it; 16 characters or more
  PROFFER_OIDC_SECRET                   of the router at the provider of console.oidc in proffer.yaml
  PROFFER_IDENTITY_KEY                  key under which account numbers and secrets are hashed; 16 characters or more
  DATABASE_URL                          records in PostgreSQL 15 or newer; default embedded in the data directory
  REDIS_URL                             strategies in Redis, and reservations shared with other routers
  FREESWITCH_ESL                        event sockets: host:port, or east=host:port,west=host:port
  FREESWITCH_ESL_SECRET                 their password; default ClueCon, which is FreeSWITCH's
  DRACHTIO_HOST, DRACHTIO_PORT, DRACHTIO_SECRET  a drachtio-server in place of the embedded SIP engine

Exit codes:
  0  stopped by a signal
  1  could not start, or died`;

/** The command `start`. @throws what a part that cannot start throws; each is one line for a person */
export function startCommand(): Command {
  return new Command('start')
    .description('run the router')
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('-q, --quiet', 'no line a call')
    .addOption(
      new Option('--drain <seconds>', 'longest time that calls have to end in after SIGTERM')
        .argParser(parseSeconds)
        .default(5),
    )
    .addHelpText('after', help)
    .action(async (options: StartOptions) => {
      const { settings, environment } = readSettings(options.config);
      await run(settings, environment, options);
    });
}

async function run(settings: Settings, environment: Environment, options: StartOptions): Promise<void> {
  const log = createLogger({ ...settings.process.log, ...forPeople() });
  const ending = new Ending(log);
  const router = await RouterProcess.open({
    settings,
    environment,
    clock: systemClock,
    log,
    drainMs: options.drain * 1000,
    onDead: () => ending.request('the SIP side does not answer any more', 1),
    onFirstAdmin: printFirstAdmin,
    onDemonstrationPeople: once(printDemonstrationPeople),
  });
  let standIns: StandIns | undefined;
  try {
    await loadDemoCustomers(settings, router.store);
    nameCallers(settings, router, log);
    const { freeswitchSecret } = environment;
    standIns = await startStandIns(settings, { clock: systemClock, log, freeswitchSecret });
    await router.start();
  } catch (error) {
    await standIns?.stop();
    await router.stop();
    throw error;
  }
  reportReloads(router, log);
  const lines = new LineWriter(process.stdout, systemClock);
  if (options.quiet !== true) printCalls(router, lines);
  printWhere(router, standIns, environment);
  process.on('SIGHUP', () => void router.reload());
  await ending.requested;
  lines.flush();
  print(pc.dim('stopping ...'));
  const failures = [...(await router.stop()), ...(await standIns.stop())];
  for (const failure of failures) log.error({ err: failure }, 'part did not stop in order');
  lines.flush();
  // Nothing of ours runs any more; what a library left behind must not hold the process.
  process.exit(ending.exitCode);
}

/** Scripts of offers greet callers of the documents by name. */
function nameCallers(settings: Settings, { records }: RouterProcess, log: Logger): void {
  if (records === undefined || demonstrationPeople(settings) === undefined || !hasDemoPartners(settings))
    return;
  records.records.onReady(() => {
    nameDemoCustomers(records.records.database).catch((error: unknown) => {
      log.warn({ reason: errorMessage(error) }, 'demonstration customers have no names');
    });
  });
}

/** Log lines for eyes when a person watches; JSON for everything else. */
function forPeople(): { destination?: NodeJS.WritableStream } {
  if (!process.stderr.isTTY) return {};
  const destination = PinoPretty({
    destination: 2,
    sync: true,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss',
  });
  return { destination };
}

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,5}$/.test(text) && seconds <= 86_400) return seconds;
  throw new InvalidArgumentError('it must be a number of seconds from 0 to 86400.');
}

/** Waits for the reason to stop: a signal, or a fault that only a new process can mend. */
class Ending {
  readonly requested: Promise<void>;
  exitCode = 0;
  #resolve: () => void = () => undefined;
  #isRequested = false;

  constructor(log: Logger) {
    this.requested = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => this.request(signal, 0));
    process.on('uncaughtException', (error) => {
      log.fatal({ err: error }, 'uncaught exception');
      this.request(errorMessage(error), 1);
    });
    process.on('unhandledRejection', (error) => {
      log.error({ err: error }, 'unhandled rejection');
    });
  }

  /** A second request does not wait for the first. */
  request(reason: string, exitCode: number): void {
    if (this.#isRequested) process.exit(exitCode === 0 ? 1 : exitCode);
    this.#isRequested = true;
    this.exitCode = exitCode;
    if (exitCode !== 0) process.stderr.write(`proffer: ${reason}\n`);
    this.#resolve();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function printWhere(router: RouterProcess, standIns: StandIns, environment: Environment): void {
  const { sip, http } = router.router.settings.process;
  const { engine } = router;
  const where =
    engine === undefined
      ? `drachtio-server at ${sip.drachtio.host}:${sip.drachtio.port}`
      : engine.localAddresses.map(({ protocol, hostPort }) => `${protocol} ${hostPort}`).join(', ');
  const host = http.host === '0.0.0.0' || http.host === '::' ? '127.0.0.1' : http.host;
  print(`${pc.bold('Proffer')} is ready`);
  print(`  sip        ${where}`);
  print(`  http       http://${host}:${router.http.port}  (/metrics /healthz /readyz)`);
  if (router.records !== undefined) print(`  console    http://${host}:${router.http.port}`);
  print(`  strategies ${router.store.describe()}`);
  print(`  records    ${router.records?.describe() ?? 'none (records.kind in proffer.yaml)'}`);
  print(`  settings   ${environment.configDir}, data ${environment.dataDir}`);
  for (const line of standIns.lines) print(`  ${line}`);
  print('Place a test call from another terminal:');
  print(pc.cyan('  npm run proffer -- call --from +15550100001 --to +18005550100'));
  print('');
}

/** The only place where the password is ever told: it is neither stored nor logged. */
function printFirstAdmin({ agent, password }: FirstAdmin): void {
  print(pc.bold('The first admin of the console, shown this once:'));
  print(`  name       ${agent}`);
  print(`  password   ${password}   (to be changed at the first log-in)`);
  print(`  lost?      proffer people password ${agent}`);
  print('');
}

function printDemonstrationPeople(agents: readonly string[]): void {
  print(`To try the console, log in as ${agents.join(', ')}, each with NAME-demo-login (docs/access.md).`);
  print('');
}

/** The records may become ready many times. */
function once<Value>(tell: (value: Value) => void): (value: Value) => void {
  let isTold = false;
  return (value) => {
    if (!isTold) tell(value);
    isTold = true;
  };
}

function printCalls(router: RouterProcess, lines: LineWriter): void {
  router.router.events.on('call', (summary) => {
    const { personalData } = router.router.settings.process.log;
    lines.write(callLine(summary, Date.now(), personalData));
  });
}

function reportReloads({ watcher }: RouterProcess, log: Logger): void {
  watcher.events.on('changed', ({ files, needRestart }) => {
    log.info({ files }, 'settings changed');
    if (needRestart.length > 0) log.warn({ fields: needRestart }, 'settings that wait for the next start');
  });
  watcher.events.on('refused', (problems) => {
    for (const problem of problems)
      log.error({ problem: formatProblem(problem) }, 'settings refused, the old ones stay');
  });
  watcher.events.on('restored', () => log.info('settings say again what is in use'));
}
