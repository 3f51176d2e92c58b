// The real drachtio-server that DRACHTIO_HOST, DRACHTIO_PORT and DRACHTIO_SECRET name, for tests that run on it as well as on our
// engine. It must listen on a loopback address, and for nobody else.
import { createServer } from 'node:net';
import { waitUntil } from './child-process.js';

const { DRACHTIO_HOST, DRACHTIO_PORT = '9022', DRACHTIO_SECRET = 'cymru' } = process.env;

/** Its process, where DRACHTIO_PID tells: its CPU can be read. */
export const drachtioPid = Number(process.env['DRACHTIO_PID'] ?? 0);

/** Where it takes applications. */
export const drachtioServer = {
  host: DRACHTIO_HOST ?? '',
  port: Number(DRACHTIO_PORT),
  secret: DRACHTIO_SECRET,
} as const;

/** Of a router that is to run on it. */
export const drachtioEnvironment = {
  DRACHTIO_HOST: drachtioServer.host,
  DRACHTIO_PORT,
  DRACHTIO_SECRET,
} as const;

/** Why nothing can run on it, or undefined when it is there. */
export function drachtioServerMissing(): string | undefined {
  return DRACHTIO_HOST === undefined ? 'DRACHTIO_HOST is not set: no drachtio-server to try' : undefined;
}

/**
 * Keeps it for one test: it hands requests to its applications in turn, so two tests at once would get each other's calls. The
 * name in the kernel's own space is free again when this process ends, however it ends.
 * @returns gives it back
 */
export async function keepDrachtioServer(): Promise<() => Promise<void>> {
  const held = createServer();
  const name = `\0proffer-tests-drachtio-${drachtioServer.host}-${drachtioServer.port}`;
  const isHeld = (): Promise<boolean> =>
    new Promise((resolve) => {
      held.once('error', () => resolve(false));
      held.listen(name, () => resolve(true));
    });
  await waitUntil('the drachtio-server is free', isHeld, 280_000);
  return () => new Promise((resolve) => held.close(() => resolve()));
}

/** Of the tests that SIPp drives: our engine and the real server, each over UDP and TCP. */
export interface SippVariant {
  readonly transport: 'udp' | 'tcp';
  readonly isOnDrachtio: boolean;
  /** For the title. */
  readonly name: string;
  /** Why it cannot run. */
  readonly missing: string | undefined;
}

export const sippVariants: readonly SippVariant[] = (['udp', 'tcp'] as const).flatMap((transport) => [
  { transport, isOnDrachtio: false, name: transport, missing: undefined },
  {
    transport,
    isOnDrachtio: true,
    name: `${transport} on a drachtio-server`,
    missing: drachtioServerMissing(),
  },
]);

/** Where one transport shows enough. */
export const udpVariants = sippVariants.filter(({ transport }) => transport === 'udp');
