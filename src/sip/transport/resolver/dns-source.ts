// Where DNS records come from: Node's resolver (c-ares) with servers of its own, or the system's.
import { ADDRCONFIG, Resolver } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { NaptrRecord, SrvRecord } from 'node:dns';
import { errorCode } from '../../../kernel/index.js';
import { SipDnsServerError } from '../../errors.js';
import { Semaphore } from './semaphore.js';

export type { NaptrRecord, SrvRecord } from 'node:dns';

export interface Found<T> {
  /** Empty: the name is not there, or has no record of the kind. */
  readonly records: readonly T[];
  /** The shortest time to live of them; undefined where nobody tells it. */
  readonly ttlMs?: number;
}

/** Each question rejects when it could not be found out. */
export interface DnsSource {
  a(name: string): Promise<Found<string>>;
  aaaa(name: string): Promise<Found<string>>;
  srv(name: string): Promise<Found<SrvRecord>>;
  naptr(name: string): Promise<Found<NaptrRecord>>;
  /** Ends what is open; its questions reject. */
  close(): void;
}

export interface NodeDnsOptions {
  /** `address` or `address:port`; none: the system's resolver, /etc/hosts included. */
  readonly servers: readonly string[];
  /** Until a server is asked again. */
  readonly retryMs: number;
}

/** Times that a server is asked. */
const TRIES = 3;
/** Threads of Node's pool that getaddrinfo may hold; the pool has four, and files need some. */
const SYSTEM_LOOKUPS = 2;
/** Look-ups that may wait for one of them. */
const MAX_WAITING = 200;

/** NXDOMAIN and NODATA, as c-ares and getaddrinfo call them: answers, not failures. */
const nothing: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

export class NodeDns implements DnsSource {
  readonly #resolver: Resolver;
  readonly #usesSystem: boolean;
  readonly #lookups = new Semaphore(SYSTEM_LOOKUPS, MAX_WAITING);

  /** @throws SipDnsServerError */
  constructor({ servers, retryMs }: NodeDnsOptions) {
    this.#resolver = new Resolver({ timeout: retryMs, tries: TRIES });
    this.#usesSystem = servers.length === 0;
    if (this.#usesSystem) return;
    try {
      this.#resolver.setServers(servers);
    } catch (error) {
      throw new SipDnsServerError(servers, error);
    }
  }

  async a(name: string): Promise<Found<string>> {
    if (this.#usesSystem) return this.#lookUp(name, 4);
    return ask((done) => this.#resolver.resolve4(name, { ttl: true }, done), addressesOf);
  }

  async aaaa(name: string): Promise<Found<string>> {
    if (this.#usesSystem) return this.#lookUp(name, 6);
    return ask((done) => this.#resolver.resolve6(name, { ttl: true }, done), addressesOf);
  }

  async srv(name: string): Promise<Found<SrvRecord>> {
    return ask<SrvRecord[], SrvRecord>((done) => this.#resolver.resolveSrv(name, done), asTheyAre);
  }

  async naptr(name: string): Promise<Found<NaptrRecord>> {
    return ask<NaptrRecord[], NaptrRecord>((done) => this.#resolver.resolveNaptr(name, done), asTheyAre);
  }

  close(): void {
    this.#lookups.close();
    this.#resolver.cancel();
  }

  /** getaddrinfo: /etc/hosts, `localhost` and whatever else nsswitch.conf says. */
  async #lookUp(name: string, family: 4 | 6): Promise<Found<string>> {
    await this.#lookups.take();
    try {
      const found = await lookup(name, { all: true, family, hints: family === 6 ? ADDRCONFIG : 0 });
      return { records: [...new Set(found.map((one) => one.address))] };
    } catch (error) {
      if (nothing.has(errorCode(error) ?? '')) return { records: [] };
      throw error;
    } finally {
      this.#lookups.give();
    }
  }
}

type Done<T> = (error: Error | null, records: T) => void;

async function ask<T, R>(start: (done: Done<T>) => void, read: (records: T) => Found<R>): Promise<Found<R>> {
  return new Promise((resolve, reject) => {
    start((error, records) => {
      if (error === null) resolve(read(records));
      else if (nothing.has(errorCode(error) ?? '')) resolve({ records: [] });
      else reject(error);
    });
  });
}

interface RecordWithTtl {
  readonly address: string;
  readonly ttl: number;
}

function addressesOf(records: readonly RecordWithTtl[]): Found<string> {
  if (records.length === 0) return { records: [] };
  const ttl = Math.min(...records.map((one) => one.ttl));
  return { records: records.map((one) => one.address), ttlMs: ttl * 1000 };
}

const asTheyAre = <T>(records: readonly T[]): Found<T> => ({ records });
