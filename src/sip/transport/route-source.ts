// Which of our addresses the kernel would send from: asked by connecting a UDP socket, which sends nothing.
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock } from '../../kernel/index.js';

const CACHE_MS = 60_000;
const CACHE_ENTRIES = 4096;

/** Answers without a wait, so that DNS is never asked: every name given is an address. */
export const literalLookup = (
  address: string,
  _options: unknown,
  done: (error: null, address: string, family: number) => void,
): void => done(null, address, isIPv6(address) ? 6 : 4);

interface Cached {
  readonly address: string;
  readonly until: number;
}

/** Source addresses by destination, each kept for a minute, because routes change. */
export class RouteSource {
  readonly #clock: Clock;
  readonly #cache = new Map<string, Cached>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The address of ours that a packet to `destination` leaves from. */
  toward(destination: string): string {
    if (destination.startsWith('127.')) return '127.0.0.1';
    if (destination === '::1') return destination;
    const now = this.#clock.now();
    const known = this.#cache.get(destination);
    if (known !== undefined && known.until > now) return known.address;
    if (this.#cache.size >= CACHE_ENTRIES) this.#cache.clear();
    const address = kernelChoice(destination) ?? anyAddress(isIPv6(destination));
    this.#cache.set(destination, { address, until: now + CACHE_MS });
    return address;
  }
}

function kernelChoice(destination: string): string | null {
  const socket = createSocket({ type: isIPv6(destination) ? 'udp6' : 'udp4', lookup: literalLookup });
  // No route: told by an event after the address was found to be missing.
  socket.on('error', () => undefined);
  try {
    socket.connect(9, destination);
    const { address } = socket.address();
    return address === '0.0.0.0' || address === '::' ? null : address;
  } catch {
    return null;
  } finally {
    socket.close();
  }
}

function anyAddress(isV6: boolean): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const found = all.find((one) => one.family === (isV6 ? 'IPv6' : 'IPv4') && !one.internal);
  return found?.address ?? (isV6 ? '::1' : '127.0.0.1');
}
