// proffer call: places a real SIP call through the running router and shows the ladder and where it landed.
import { Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { listenUri, parseListenAddress } from '../config/index.js';
import type { Settings } from '../config/index.js';
import { AppError, silentLogger, systemClock } from '../kernel/index.js';
import { parseNameAddr, parseSipUri } from '../sip/index.js';
import type { SipMessage } from '../sip/index.js';
import { TestCaller } from '../switch-standin/index.js';
import type { TestCallResult } from '../switch-standin/index.js';
import { recordsOfCall } from './decision-records.js';
import type { CallRecords } from './decision-records.js';
import { ladderLines } from './ladder.js';
import { readSettings } from './read-settings.js';

interface CallOptions {
  readonly from: string;
  readonly to: string;
  readonly router?: string;
  readonly transport: 'udp' | 'tcp';
  readonly talk: number;
  readonly wait: number;
  readonly follow: boolean;
  readonly header: readonly (readonly [string, string])[];
  readonly messages?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

const help = `
A number such as +15550100001 becomes sip:+15550100001@ROUTER; a URI is taken as it is. A 302 is followed as the
carrier of a pre-routed trunk would follow it.

Exit codes:
  0  the call was answered
  1  the command line or the settings are wrong, or the router was not there
  2  the call was refused, redirected and not followed, or not answered in time

Examples:
  $ proffer call --from +15550100001 --to +18005550100
  $ proffer call --from 'sip:anonymous@anonymous.invalid' --to +18005550100 --header 'Privacy: id' --messages`;

/** Thrown when an address of the router cannot be worked out. */
class RouterAddressError extends AppError {
  constructor(text: string) {
    super('CALL_ROUTER_ADDRESS', `${text} is no address of a router; it looks like 127.0.0.1:5060`);
  }
}

/** The command `call`. */
export function callCommand(): Command {
  return new Command('call')
    .description('place a SIP call through the running router and show where it lands')
    .requiredOption('--from <number or uri>', 'the caller')
    .requiredOption('--to <number or uri>', 'the dialled number')
    .option('--router <host:port>', 'the router (default: as the settings and the environment say)')
    .option('--transport <udp|tcp>', 'transport to the router', transport, 'udp')
    .option('--talk <seconds>', 'how long to talk before hanging up', seconds, 1)
    .option('--wait <seconds>', 'how long to wait for an answer before giving up', seconds, 60)
    .option('--no-follow', 'show the Contacts of a 302 and stop')
    .option('--header <name: value>', 'a header to add; may be given again', header, [])
    .option('--messages', 'show every message in full below the ladder')
    .option('-c, --config <dir>', 'directory of the settings (default: PROFFER_CONFIG_DIR, or ./config)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', help)
    .action(async (options: CallOptions) => {
      process.exitCode = (await run(options)) ? 0 : 2;
    });
}

function seconds(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value >= 0 && value <= 3600) return value;
  throw new InvalidArgumentError('a number of seconds from 0 to 3600');
}

function transport(text: string): string {
  if (text === 'udp' || text === 'tcp') return text;
  throw new InvalidArgumentError('udp or tcp');
}

function header(
  text: string,
  before: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const colon = text.indexOf(':');
  if (colon < 1) throw new InvalidArgumentError('a header looks like Name: value');
  return [...before, [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]];
}

async function run(options: CallOptions): Promise<boolean> {
  const { settings, environment } = readSettings(options.config);
  const router = options.router ?? routerAddress(settings);
  const uri = (text: string): string => (/^(sips?|tel):/i.test(text) ? text : `sip:${text}@${router}`);
  const via = `sip:${router};transport=${options.transport}`;
  if (parseSipUri(via) === null) throw new RouterAddressError(router);
  const caller = new TestCaller({ clock: systemClock, log: silentLogger });
  await caller.open();
  try {
    const call = {
      from: uri(options.from),
      talkMs: options.talk * 1000,
      answerWithinMs: options.wait * 1000,
      headers: options.header,
    };
    const first = await caller.place({ ...call, to: uri(options.to), via });
    const contact = first.kind === 'redirected' && options.follow ? first.contacts[0] : undefined;
    const last = contact === undefined ? first : await caller.place({ ...call, to: contact, headers: [] });
    const callId = caller.ladder[0]?.message?.callId ?? '';
    const records = await waitForRecords(environment.dataDir, callId);
    const landed = landing(settings, last, records);
    if (options.json === true) {
      printJson(caller, first, last, landed);
    } else {
      const names = new Map([[router, 'router'], ...centreNames(settings)]);
      print(ladderLines(caller.ladder, { address: caller.address, names }));
      print(['', ...summary(first, last, landed, records)]);
      if (options.messages === true) print(caller.ladder.flatMap(({ message }) => fullMessage(message)));
    }
    return last.kind === 'answered';
  } finally {
    await caller.close();
  }
}

/** The log is written in batches, so it may be a moment behind. */
async function waitForRecords(dataDir: string, callId: string): Promise<CallRecords | undefined> {
  for (let attempt = 0; attempt < 10; attempt++) {
    const records = recordsOfCall(dataDir, callId);
    if (records !== undefined) return records;
    await new Promise((resolve) => systemClock.after(50, 'decision-log', () => resolve(undefined)));
  }
  return undefined;
}

function routerAddress(settings: Settings): string {
  const all = settings.process.sip.listen.map(listenUri);
  // The test caller speaks UDP and TCP.
  const first = all.find((one) => !/^sips:|[=,]tls$/.test(one)) ?? all[0] ?? '';
  const address = parseListenAddress(first);
  if (typeof address === 'string') throw new RouterAddressError(first);
  const isAny = address.host === '0.0.0.0' || address.host === '*';
  return `${isAny ? '127.0.0.1' : address.host}:${address.port}`;
}

function centreNames(settings: Settings): readonly (readonly [string, string])[] {
  return settings.centres.centres.map(
    ({ centre, host, port }) => [`${host}:${port}`, `centre ${centre}`] as const,
  );
}

/** Where an answered call is, and what came along. */
interface Landing {
  /** `centre/queue`, `overflow`, or the Contact when it is none of ours. */
  readonly destination: string;
  readonly uri: string;
  readonly offerCode: string | undefined;
  readonly offerUrl: string | undefined;
  readonly decisionId: string | undefined;
}

/** From what the stand-in says in its answer, else from the router's decision log. */
function landing(
  settings: Settings,
  result: TestCallResult,
  records: CallRecords | undefined,
): Landing | undefined {
  if (result.kind !== 'answered') return undefined;
  const { response } = result;
  const uri = parseNameAddr(response.get('contact') ?? '')?.uri ?? '';
  return {
    destination: records?.destination ?? destinationOf(settings, uri),
    uri,
    offerCode: response.get('x-offer-id') ?? records?.offer,
    offerUrl: response.get('x-offer-url') ?? (records?.offer === undefined ? undefined : records.offerUrl),
    decisionId: response.get('x-decision-id') ?? records?.decisionId,
  };
}

function destinationOf(settings: Settings, uri: string): string {
  const parsed = parseSipUri(uri);
  if (parsed === null) return uri;
  const { user = '', host } = parsed;
  const port = parsed.port ?? 5060;
  const centre = settings.centres.centres.find((one) => one.host === host && one.port === port);
  if (centre !== undefined) return `${centre.centre}/${user}`;
  const isOverflow = settings.partners.partners.some(({ overflowUri }) => {
    const other = parseSipUri(overflowUri);
    return other?.host === host && (other.port ?? 5060) === port;
  });
  return isOverflow ? 'overflow' : uri;
}

function summary(
  first: TestCallResult,
  last: TestCallResult,
  landed: Landing | undefined,
  records: CallRecords | undefined,
): string[] {
  const lines: string[] = [];
  if (records !== undefined && (records.attempts.length > 1 || last.kind !== 'answered')) {
    for (const { destination, status, reason } of records.attempts) {
      lines.push(`tried ${destination}: ${status ?? 'no answer'} ${reason}`);
    }
  }
  if (first.kind === 'redirected') {
    lines.push(`redirected to`, ...first.contacts.map((contact, index) => `  ${index + 1}. ${contact}`));
  }
  switch (last.kind) {
    case 'answered': {
      lines.push(
        `${pc.green('answered')} after ${last.answeredMs.toFixed(0)} ms at ${pc.bold(landed?.destination ?? '')} (${landed?.uri ?? ''})`,
        offerText(landed),
      );
      if (landed?.decisionId !== undefined) lines.push(`decision ${landed.decisionId}`);
      break;
    }
    case 'redirected':
      break;
    case 'refused': {
      const { statusCode, reasonPhrase } = last.response;
      lines.push(`${pc.red('refused')} with ${statusCode} ${reasonPhrase}`);
      break;
    }
    case 'failed':
      lines.push(`${pc.red('failed')}: ${last.reason}`);
  }
  return lines;
}

function offerText(landed: Landing | undefined): string {
  if (landed?.offerCode !== undefined)
    return `offer ${pc.bold(landed.offerCode)}, script ${landed.offerUrl ?? ''}`;
  if (landed?.decisionId !== undefined) return 'no offer on the call: plain service';
  return 'what was on the call is not known here: it is in the decision log of the router';
}

function fullMessage(message: SipMessage | undefined): readonly string[] {
  return message === undefined
    ? []
    : ['', ...Buffer.from(message.toString(), 'latin1').toString('utf8').trimEnd().split('\r\n')];
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function printJson(
  caller: TestCaller,
  first: TestCallResult,
  last: TestCallResult,
  landed: Landing | undefined,
): void {
  const answer = {
    result: last.kind,
    status: 'response' in last ? last.response.statusCode : null,
    ...(last.kind === 'failed' ? { reason: last.reason } : {}),
    ...(first.kind === 'redirected' ? { contacts: first.contacts } : {}),
    ...(landed === undefined ? {} : { landed }),
    ladder: caller.ladder.map(({ atMs, isSent, peer, text }) => ({
      atMs: Math.round(atMs * 10) / 10,
      isSent,
      peer,
      text,
    })),
  };
  print([JSON.stringify(answer, null, 2)]);
}
