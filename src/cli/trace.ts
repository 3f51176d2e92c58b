// proffer trace: the SIP messages of one call, as the running router has them in memory.
import { Command } from 'commander';
import pc from 'picocolors';
import type { TraceList, TraceView } from '../console/index.js';
import { AppError, systemClock } from '../kernel/index.js';
import { readEnvironment } from '../config/index.js';
import { engineDoor, readEngineDoor } from './local-door.js';
import { readSettings } from './read-settings.js';
import { doorOfRouter, RouterClient } from './router-client.js';
import type { RouterDoor } from './router-client.js';
import { writeCapture } from './trace-capture.js';
import { fullTexts, listLines, memoryWords, TraceLadder } from './trace-text.js';
import type { TracePaint } from './trace-text.js';

interface TraceOptions {
  readonly list?: boolean;
  readonly full?: boolean;
  readonly follow?: boolean;
  readonly pcap?: string;
  readonly url?: string;
  readonly engine?: string | true;
  readonly config?: string;
  readonly json?: boolean;
}

const help = `
The id is a SIP Call-ID or a decision id; the legs of a call that Proffer made for it are shown with it. Messages are in the memory of
the router, the latest sip.trace.keepBytes of them, until they give way to newer ones or the router ends. Numbers, names and
bodies but SDP are hidden unless log.personalData is on; credentials and keys always.

Asks the router that runs with this data directory; another one with --url and PROFFER_API_TOKEN. --engine asks a proffer engine
of the same user on this machine, whose flags are --trace-bytes and --personal-data.

Exit codes:
  0  shown
  1  the command line or the settings are wrong, the router could not be asked, or it keeps no messages
  2  nothing is kept of that call

Examples:
  $ proffer trace --list
  $ proffer trace 1-40001@192.0.2.10 --full
  $ proffer trace 1-40001@192.0.2.10 --follow
  $ proffer trace 1-40001@192.0.2.10 --pcap call.pcap && wireshark call.pcap
  $ proffer trace --engine --list`;

/** Thrown when there is nothing that could be traced. */
class TraceError extends AppError {
  constructor(problem: string) {
    super('CLI_TRACE', problem);
  }
}

const followEveryMs = 500;

/** The command `trace`. @throws SettingsError, RouterClientError, TraceError */
export function traceCommand(): Command {
  return new Command('trace')
    .description('show the SIP messages of a call as a ladder')
    .argument('[id]', 'a SIP Call-ID or a decision id')
    .option('--list', 'list the calls that are kept, newest first')
    .option('--full', 'show every message in full below the ladder')
    .option('--follow', 'wait for the call, and for further messages of it, until interrupted')
    .option('--pcap <file>', 'write the messages into a file for Wireshark, as UDP datagrams')
    .option('--url <url>', 'the router, such as http://127.0.0.1:8080')
    .option('--engine [port]', 'ask the proffer engine with this control port (default: 9022), not a router')
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--json', 'print the result as JSON; with --follow one message a line')
    .addHelpText('after', help)
    .action(async (named: string | undefined, given: TraceOptions) => {
      const { id, options } = withoutPort(named, given);
      const client = new RouterClient(doorOf(options));
      if (options.list === true) await list(client, options);
      else if (id === undefined) throw new TraceError('name a call, or see which are kept: --list');
      else if (options.follow === true) await follow(client, id, options);
      else process.exitCode = (await show(client, id, options)) ? 0 : 2;
    });
}

/** `--engine CALL-ID`: what follows is no port, so it is the call. */
function withoutPort(
  id: string | undefined,
  options: TraceOptions,
): { readonly id: string | undefined; readonly options: TraceOptions } {
  const { engine } = options;
  if (engine === undefined || engine === true || /^\d{1,5}$/.test(engine)) return { id, options };
  if (id !== undefined) throw new TraceError(`--engine takes a control port; "${engine}" is none`);
  return { id: engine, options: { ...options, engine: true } };
}

/** @throws SettingsError, TraceError */
function doorOf({ url, engine, config }: TraceOptions): RouterDoor {
  if (engine === undefined) return doorOfRouter({ url, ...readSettings(config) });
  const advice = 'run it as the user of the engine, or set PROFFER_API_TOKEN to that of the engine';
  if (url !== undefined) return { url, secret: readEnvironment().apiToken, name: 'engine', advice };
  const port = engine === true ? 9022 : Number(engine);
  const door = readEngineDoor(engineDoor(port));
  if (door === undefined)
    throw new TraceError(
      `no engine with control port ${port} that keeps messages runs as this user on this machine; name its control port ` +
        '(--engine PORT), or its metrics port (--engine --url URL)',
    );
  return { url: door.url, secret: door.key, name: 'engine', advice };
}

async function list(client: RouterClient, { json, engine }: TraceOptions): Promise<void> {
  const found = await client.get<TraceList>('/sip/traces?limit=500');
  if (json === true) print([JSON.stringify(found, null, 2)]);
  else {
    refuseNothing(found);
    print(listLines(found, settingOf(engine)));
  }
}

async function show(client: RouterClient, id: string, options: TraceOptions): Promise<boolean> {
  const trace = await ask(client, id, 0);
  if (options.json === true) print([JSON.stringify(trace, null, 2)]);
  else refuseNothing(trace);
  if (trace.messages.length === 0) {
    if (options.json !== true)
      process.stderr.write(
        `proffer: no message of ${id} is kept; ${memoryWords(trace.memory, settingOf(options.engine))}\n`,
      );
    return false;
  }
  if (options.pcap !== undefined) writeCapture(options.pcap, trace);
  if (options.json === true) return true;
  print(headLines(trace, options));
  print(new TraceLadder(paint()).lines(trace));
  if (options.full === true) print(fullTexts(trace, paint()));
  return true;
}

/** Until the process is interrupted. */
async function follow(client: RouterClient, id: string, options: TraceOptions): Promise<void> {
  const ladder = new TraceLadder(paint());
  let last = 0;
  for (;;) {
    let trace = await ask(client, id, last);
    refuseNothing(trace);
    // A router that began anew counts from 1.
    if (trace.last < last) trace = await ask(client, id, (last = 0));
    if (last === 0 && trace.messages.length > 0 && options.json !== true) print(headLines(trace, options));
    if (options.json === true) print(trace.messages.map((message) => JSON.stringify(message)));
    else {
      print(ladder.lines(trace));
      if (options.full === true) print(fullTexts(trace, paint()));
    }
    last = trace.messages.at(-1)?.number ?? last;
    await new Promise((resolve) => systemClock.after(followEveryMs, 'follow', () => resolve(undefined)));
  }
}

async function ask(client: RouterClient, id: string, after: number): Promise<TraceView> {
  return client.get<TraceView>(`/sip/traces/${encodeURIComponent(id)}?after=${after}`);
}

/** What says how much is kept. */
function settingOf(engine: TraceOptions['engine']): string | undefined {
  return engine === undefined ? undefined : '--trace-bytes';
}

/** @throws TraceError when the router keeps no messages at all */
function refuseNothing({ memory }: Pick<TraceView, 'memory'>): void {
  if (!memory.isOn) throw new TraceError(memoryWords(memory));
}

function headLines(
  { decisionId, callIds, isMasked, dropped }: TraceView,
  { engine }: TraceOptions,
): readonly string[] {
  const isOff = engine === undefined ? 'log.personalData is off' : 'the engine has no --personal-data';
  const bound = engine === undefined ? 'sip.trace.keepBytesPerCall' : 'a call has 256 KiB';
  const ids = callIds.length === 1 ? 'Call-ID ' : 'Call-IDs';
  return [
    ...(decisionId === null ? [] : [`decision ${decisionId}`]),
    `${ids} ${callIds.join(', ')}`,
    ...(isMasked ? [paint().dim(`numbers, names and bodies are hidden: ${isOff}`)] : []),
    ...(dropped === 0 ? [] : [`${dropped} messages in the middle are not kept (${bound})`]),
    '',
  ];
}

function paint(): TracePaint {
  const same = (text: string): string => text;
  return process.stdout.isTTY ? pc : { bold: same, dim: same, green: same, red: same, cyan: same };
}

function print(lines: readonly string[]): void {
  if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
}
