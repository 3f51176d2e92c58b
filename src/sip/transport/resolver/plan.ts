// What DNS says about where a URI leads, kept so that each request can choose from it: RFC 3263 4.1 and 4.2.
import { isIP } from 'node:net';
import { defaultPort } from '../transport.js';
import type { ListenAddress, Protocol, Target } from '../transport.js';
import type { Answer, RecordCache } from './record-cache.js';
import type { NaptrRecord, SrvRecord } from './dns-source.js';
import type { Question } from './question.js';
import type { Weighted } from './srv-order.js';

/** One server: the addresses of one name. */
export interface Server extends Weighted {
  readonly targets: readonly Target[];
}

export interface Plan {
  readonly servers: readonly Server[];
  /** Of all servers, when there is only one order for them. */
  readonly only: readonly Target[] | undefined;
  /** By `Clock.now`: when to ask anew. */
  readonly until: number;
}

export interface Records {
  readonly a: RecordCache<string>;
  readonly aaaa: RecordCache<string>;
  readonly srv: RecordCache<SrvRecord>;
  readonly naptr: RecordCache<NaptrRecord>;
}

/** Servers of one name that are looked up and tried; more would cost a caller more than they are worth. */
const MAX_SERVERS = 16;
/** Services of one name that are looked at. */
const MAX_SERVICES = 8;

const serviceOf: Readonly<Record<Protocol, string>> = {
  udp: '_sip._udp',
  tcp: '_sip._tcp',
  tls: '_sips._tcp',
};
const protocolOfService: ReadonlyMap<string, Protocol> = new Map([
  ['SIP+D2U', 'udp'],
  ['SIP+D2T', 'tcp'],
  ['SIPS+D2T', 'tls'],
]);

interface Service {
  readonly protocol: Protocol;
  /** Name of the SRV records. */
  readonly name: string;
}

/** Finds the plan for one question. Made for one use. */
export class Planner {
  readonly #records: Records;
  readonly #question: Question;
  readonly #listen: readonly ListenAddress[];
  #until = Infinity;
  #isDenied = false;
  /** What the plain addresses say counts only where they are taken. */
  #spare: readonly (Answer<string> | undefined)[] = [];

  constructor(records: Records, question: Question, listen: readonly ListenAddress[]) {
    this.#records = records;
    this.#question = question;
    this.#listen = listen;
  }

  /** Never rejects; a plan without servers leads nowhere. */
  async plan(): Promise<Plan> {
    const { port } = this.#question;
    const servers = port === undefined ? await this.#byService() : await this.#ofPort(port);
    const only = servers.every((one, i) => one.priority !== servers[i + 1]?.priority)
      ? servers.flatMap((one) => one.targets)
      : undefined;
    return { servers, only, until: this.#until };
  }

  /** 4.2: a port in the URI, so A and AAAA records of the host. */
  async #ofPort(port: number): Promise<Server[]> {
    return this.#addresses(this.#question.host, this.#likelyProtocol, port);
  }

  /**
   * 4.1 and 4.2 without a port. Everything that may be needed is asked for at once, since a caller waits. A name without a dot
   * has no services: it is one of /etc/hosts or of a container network.
   */
  async #byService(): Promise<Server[]> {
    const { host, protocol: asked, isSecure } = this.#question;
    const likely = this.#likelyProtocol;
    const plain = this.#addresses(host, likely, defaultPort(likely), true);
    if (!host.includes('.')) return this.#taken(plain);
    const isOpen = asked === 'any';
    const protocols = isOpen ? this.#protocols.filter((one) => !isSecure || one === 'tls') : [asked];
    const naptr = isOpen ? this.#records.naptr.query(host) : undefined;
    const services = protocols.map((protocol) => ({ protocol, name: `${serviceOf[protocol]}.${host}` }));
    const byDefault = services.map((service) => this.#srv(service));
    const named = naptr === undefined ? [] : this.#servicesOf(this.#use(await naptr));
    for (const service of named) {
      const found = await this.#servers(service, await this.#srv(service));
      if (found !== undefined) return found;
    }
    for (const [i, service] of services.entries()) {
      const answer = await byDefault[i];
      const found = answer === undefined ? undefined : await this.#servers(service, answer);
      if (found !== undefined) return found;
    }
    return this.#isDenied ? [] : this.#taken(plain);
  }

  /** 4.1: the services that we speak, in the order that the domain wants (RFC 3403 4.1). */
  #servicesOf(records: readonly NaptrRecord[]): Service[] {
    const services: Service[] = [];
    const inOrder = [...records].sort((a, b) => a.order - b.order || a.preference - b.preference);
    for (const { flags, service, replacement } of inOrder) {
      const protocol = protocolOfService.get(service.toUpperCase());
      if (flags.toLowerCase() !== 's' || replacement === '' || protocol === undefined) continue;
      if (!this.#protocols.includes(protocol) || (this.#question.isSecure && protocol !== 'tls')) continue;
      services.push({ protocol, name: replacement.toLowerCase() });
    }
    return services.slice(0, MAX_SERVICES);
  }

  async #srv(service: Service): Promise<Answer<SrvRecord>> {
    return this.#records.srv.query(service.name);
  }

  /** Undefined when the name has no such service, or none that has an address. */
  async #servers(service: Service, answer: Answer<SrvRecord>): Promise<Server[] | undefined> {
    const records = this.#use(answer);
    if (records.length === 0) return undefined;
    const inOrder = [...records].sort((a, b) => a.priority - b.priority || b.weight - a.weight);
    const named = inOrder.filter(({ name }) => name !== '' && name !== '.').slice(0, MAX_SERVERS);
    // A target of `.` says that there is decidedly none (RFC 2782).
    if (named.length === 0) this.#isDenied = true;
    const found = await Promise.all(
      named.map(async ({ name, port, priority, weight }) => {
        const servers = await this.#addresses(name.toLowerCase(), service.protocol, port);
        return servers.map((one) => ({ ...one, priority, weight }));
      }),
    );
    const servers = found.flat();
    return servers.length === 0 ? undefined : servers;
  }

  /** The addresses of a name, of the families that we can send from. */
  async #addresses(name: string, protocol: Protocol, port: number, isSpare = false): Promise<Server[]> {
    const { a, aaaa } = this.#records;
    const families = this.#families(protocol);
    if (isIP(name) !== 0) return [this.#server([name], protocol, port)];
    const answers = await Promise.all([
      families.has(4) ? a.query(name) : undefined,
      families.has(6) ? aaaa.query(name) : undefined,
    ]);
    const addresses = answers.flatMap((one) => one?.records ?? []);
    if (isSpare) this.#spare = answers;
    else for (const one of answers) if (one !== undefined) this.#use(one);
    return addresses.length === 0 ? [] : [this.#server(addresses, protocol, port)];
  }

  async #taken(plain: Promise<Server[]>): Promise<Server[]> {
    const servers = await plain;
    for (const one of this.#spare) if (one !== undefined) this.#use(one);
    return servers;
  }

  #server(addresses: readonly string[], protocol: Protocol, port: number): Server {
    const { serverName } = this.#question;
    const targets = addresses.map((address) =>
      protocol === 'tls' ? { protocol, address, port, serverName } : { protocol, address, port },
    );
    return { priority: 0, weight: 0, targets };
  }

  /** The plan lives no longer than what it was made of. */
  #use<T>(answer: Answer<T>): readonly T[] {
    this.#until = Math.min(this.#until, answer.until);
    return answer.records;
  }

  /** 4.1: what is used when nothing says otherwise. */
  get #likelyProtocol(): Protocol {
    const { protocol, isSecure } = this.#question;
    if (protocol !== 'any') return protocol;
    return isSecure ? 'tls' : (this.#protocols[0] ?? 'udp');
  }

  /** Those that we have a socket for, the usual one first. */
  get #protocols(): Protocol[] {
    return (['udp', 'tcp', 'tls'] as const).filter((one) =>
      this.#listen.some(({ protocol }) => protocol === one),
    );
  }

  #families(protocol: Protocol): ReadonlySet<4 | 6> {
    const own = this.#listen.filter((one) => one.protocol === protocol);
    return new Set(own.map(({ address }) => (address.includes(':') ? 6 : 4)));
  }
}
