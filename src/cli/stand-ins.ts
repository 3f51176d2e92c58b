// The answering endpoints that `proffer start` runs in place of call centres that have a loopback address.
import type { Settings } from '../config/index.js';
import { errorCode } from '../kernel/index.js';
import type { Clock, Logger } from '../kernel/index.js';
import { parseSipUri } from '../sip/index.js';
import { AnsweringEndpoint } from '../switch-standin/index.js';

export interface StandIns {
  /** What answers where, for people. */
  readonly lines: readonly string[];
  /** @returns failures of endpoints that did not stop in order */
  stop(): Promise<readonly unknown[]>;
}

/** One for each loopback address of a centre or an overflow URI. An address that is in use is left to whoever has it. */
export async function startStandIns(
  settings: Settings,
  parts: { readonly clock: Clock; readonly log: Logger },
): Promise<StandIns> {
  const running: AnsweringEndpoint[] = [];
  const lines: string[] = [];
  const stop = async (): Promise<readonly unknown[]> => {
    const results = await Promise.allSettled(running.map((endpoint) => endpoint.stop()));
    return results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  };
  if (!settings.process.demo.standInCentres) return { lines, stop };
  for (const [hostPort, name] of loopbackAddresses(settings)) {
    const endpoint = new AnsweringEndpoint({ ...parts, name, listen: `sip:${hostPort};transport=udp,tcp` });
    try {
      await endpoint.start();
      running.push(endpoint);
      lines.push(`${hostPort} answers for ${name}`);
    } catch (error) {
      if (errorCode(error) !== 'SIP_PORT_IN_USE') {
        await stop();
        throw error;
      }
      lines.push(`${hostPort} (${name}) is in use: calls go to whatever listens there`);
    }
  }
  return { lines, stop };
}

function loopbackAddresses(settings: Settings): ReadonlyMap<string, string> {
  const addresses = new Map<string, string>();
  for (const { centre, host, port } of settings.centres.centres) {
    if (isLoopback(host)) addresses.set(`${host}:${port}`, `centre ${centre}`);
  }
  for (const { overflowUri } of settings.partners.partners) {
    const uri = parseSipUri(overflowUri);
    if (uri === null || uri.scheme !== 'sip' || !isLoopback(uri.host)) continue;
    const hostPort = `${uri.host}:${uri.port ?? 5060}`;
    if (!addresses.has(hostPort)) addresses.set(hostPort, 'overflow');
  }
  return addresses;
}

function isLoopback(host: string): boolean {
  return /^127\.\d+\.\d+\.\d+$/.test(host) || host === 'localhost' || host === '[::1]';
}
