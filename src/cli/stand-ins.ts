// What `proffer start` runs in place of call centres that have a loopback address: a stand-in centre for each, an endpoint that
// answers for each overflow URI.
import { derivedQueues } from '../callcenter/index.js';
import type { DerivedQueue } from '../callcenter/index.js';
import type { Settings } from '../config/index.js';
import { errorCode } from '../kernel/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import { parseSipUri } from '../sip/index.js';
import { AnsweringEndpoint, StandInCentre } from '../switch-standin/index.js';
import { demonstrationPeople } from './demonstration-people.js';
import { standInPeople } from './stand-in-options.js';

type Centre = Settings['centres']['centres'][number];

export interface StandIns {
  /** What answers where, for people. */
  readonly lines: readonly string[];
  /** @returns failures of stand-ins that did not stop in order */
  stop(): Promise<readonly unknown[]>;
}

export interface StandInParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Password of the event sockets. */
  readonly freeswitchSecret: string;
}

interface StandIn {
  readonly part: Part;
  /** Where it is, for people, such as `127.0.0.1:5090 (centre east)`. */
  readonly where: string;
  readonly line: string;
}

/** One for each loopback address of a centre or an overflow URI. An address that is in use is left to whoever has it. */
export async function startStandIns(settings: Settings, parts: StandInParts): Promise<StandIns> {
  const running: Part[] = [];
  const lines: string[] = [];
  const stop = async (): Promise<readonly unknown[]> => {
    const results = await Promise.allSettled(running.map(async (part) => part.stop()));
    return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  };
  if (!settings.process.demo.standInCentres) return { lines, stop };
  for (const { part, where, line } of standInsOf(settings, parts)) {
    try {
      await part.start();
      running.push(part);
      lines.push(line);
    } catch (error) {
      if (!isInUse(error)) {
        await stop();
        throw error;
      }
      lines.push(`${where} is in use: calls go to whatever listens there`);
    }
  }
  return { lines, stop };
}

function isInUse(error: unknown): boolean {
  if (errorCode(error) === 'SIP_PORT_IN_USE') return true;
  const cause = error instanceof Error ? error.cause : undefined;
  return errorCode(error) === 'EVENT_SOCKET_NOT_LISTENING' && errorCode(cause) === 'EADDRINUSE';
}

function standInsOf(settings: Settings, parts: StandInParts): readonly StandIn[] {
  const centres = settings.centres.centres.filter(({ host }) => isLoopback(host));
  const taken = new Set(centres.map(({ host, port }) => `${host}:${port}`));
  const overflows = settings.partners.partners
    .map(({ overflowUri }) => parseSipUri(overflowUri))
    .filter((uri) => uri?.scheme === 'sip' && isLoopback(uri.host))
    .map((uri) => `${uri?.host ?? ''}:${uri?.port ?? 5060}`)
    .filter((hostPort) => !taken.has(hostPort));
  return [
    ...centres.map((centre) =>
      centreStandIn(centre, derivedQueues(settings), demonstrationAgents(settings, centre.centre), parts),
    ),
    ...[...new Set(overflows)].map((hostPort) => overflowStandIn(hostPort, parts)),
  ];
}

/** Those of a centre whom people of the demonstration log in as. */
function demonstrationAgents(settings: Settings, centre: string): ReadonlySet<string> {
  const all = (demonstrationPeople(settings) ?? []).flatMap(({ centreAgents }) => centreAgents);
  const prefix = `${centre}/`;
  return new Set(all.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length)));
}

function centreStandIn(
  centre: Centre,
  derived: readonly DerivedQueue[],
  first: ReadonlySet<string>,
  parts: StandInParts,
): StandIn {
  const { clock, log, freeswitchSecret: password } = parts;
  const { host, port, eventSocket } = centre;
  const people = standInPeople(centre, derived, new Date(clock.wallNow()).toISOString().slice(0, 10), first);
  const name = `centre ${centre.centre}`;
  const socketHost = bare(eventSocket?.host ?? host);
  const part = new StandInCentre({
    clock,
    log,
    name,
    listen: `sip:${host}:${port};transport=udp,tcp`,
    ...people,
    ...(eventSocket === undefined
      ? {}
      : {
          domain: eventSocket.domain,
          eventSocket: { host: socketHost, port: eventSocket.port, password },
        }),
  });
  const socket = eventSocket === undefined ? '' : `, event socket ${socketHost}:${eventSocket.port}`;
  return {
    part,
    where: `${host}:${port} (${name})`,
    line: `stand-in ${name}: sip ${host}:${port}${socket}, ${people.agents.length} simulated agents`,
  };
}

function overflowStandIn(hostPort: string, { clock, log }: StandInParts): StandIn {
  const name = 'overflow';
  const listen = `sip:${hostPort};transport=udp,tcp`;
  return {
    part: new AnsweringEndpoint({ clock, log, name, listen }),
    where: `${hostPort} (${name})`,
    line: `stand-in ${name}: sip ${hostPort}`,
  };
}

function bare(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}

function isLoopback(host: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(host) || host === 'localhost' || host === '[::1]';
}
