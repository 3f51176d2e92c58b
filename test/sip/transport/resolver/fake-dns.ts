// DNS in memory: records as a test writes them, on a fake clock.
import type {
  DnsSource,
  Found,
  NaptrRecord,
  SrvRecord,
} from '../../../../src/sip/transport/resolver/dns-source.js';
import { SipResolver } from '../../../../src/sip/transport/resolver/sip-resolver.js';
import type { SipResolverOptions } from '../../../../src/sip/transport/resolver/sip-resolver.js';
import type { Target } from '../../../../src/sip/transport/transport.js';
import { FakeClock } from '../../../support/fake-clock.js';

type SrvWords = readonly [target: string, port: number, priority?: number, weight?: number];
type NaptrWords = readonly [service: string, replacement: string, order: number, preference?: number];

export class FakeDns {
  readonly asked: string[] = [];
  /** Of addresses; `undefined`: nobody tells. */
  ttlMs: number | undefined = 60_000;
  state: 'answers' | 'fails' | 'silent' = 'answers';
  /** Questions (`NAPTR example.com`) that get no answer. */
  readonly silent = new Set<string>();
  readonly #addresses = new Map<string, readonly string[]>();
  readonly #services = new Map<string, readonly SrvRecord[]>();
  readonly #naptrs = new Map<string, readonly NaptrRecord[]>();

  a(name: string, ...addresses: string[]): this {
    this.#addresses.set(name, addresses);
    return this;
  }

  srv(name: string, ...records: SrvWords[]): this {
    const read = records.map(([target, port, priority = 0, weight = 0]) => ({
      name: target,
      port,
      priority,
      weight,
    }));
    this.#services.set(name, read);
    return this;
  }

  naptr(name: string, ...records: NaptrWords[]): this {
    const read = records.map(([service, replacement, order, preference = 0]) => {
      return { flags: 's', service, regexp: '', replacement, order, preference };
    });
    this.#naptrs.set(name, read);
    return this;
  }

  get source(): DnsSource {
    const ofFamily = (name: string, isV6: boolean): readonly string[] =>
      (this.#addresses.get(name) ?? []).filter((one) => one.includes(':') === isV6);
    return {
      a: async (name) => this.#answer(`A ${name}`, ofFamily(name, false), this.ttlMs),
      aaaa: async (name) => this.#answer(`AAAA ${name}`, ofFamily(name, true), this.ttlMs),
      srv: async (name) => this.#answer(`SRV ${name}`, this.#services.get(name)),
      naptr: async (name) => this.#answer(`NAPTR ${name}`, this.#naptrs.get(name)),
      close: () => undefined,
    };
  }

  /** Questions since the last call. */
  take(): string[] {
    return this.asked.splice(0);
  }

  async #answer<T>(question: string, records: readonly T[] = [], ttlMs?: number): Promise<Found<T>> {
    this.asked.push(question);
    if (this.state === 'silent' || this.silent.has(question)) return new Promise(() => undefined);
    if (this.state === 'fails') throw new Error('SERVFAIL');
    return Promise.resolve(ttlMs === undefined ? { records } : { records, ttlMs });
  }
}

export interface Bench {
  readonly clock: FakeClock;
  readonly dns: FakeDns;
  readonly resolver: SipResolver;
  /** Targets as `udp 192.0.2.1:5060`, or the code of the error. */
  readonly find: (uri: string) => Promise<string[] | string>;
}

/** @param listen `udp`, `tcp6`, ... */
export function bench(
  listen: readonly string[] = ['udp', 'tcp'],
  options: Partial<SipResolverOptions> = {},
): Bench {
  const clock = new FakeClock();
  const dns = new FakeDns();
  const listenAddresses = listen.map((text) => ({
    protocol: text.replace('6', '') as 'udp' | 'tcp' | 'tls',
    address: text.endsWith('6') ? '::' : '0.0.0.0',
    port: 5060,
  }));
  const resolver = new SipResolver({
    clock,
    source: dns.source,
    listenAddresses: () => listenAddresses,
    random: () => 0,
    ...options,
  });
  const find = async (uri: string): Promise<string[] | string> => {
    try {
      return (await resolver.resolve(uri)).map(written);
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  return { clock, dns, resolver, find };
}

export function written({ protocol, address, port, serverName }: Target): string {
  return `${protocol} ${address}:${port}${serverName === undefined ? '' : ` ${serverName}`}`;
}

/** Lets promises go as far as they can. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 30; i++) await Promise.resolve();
}
