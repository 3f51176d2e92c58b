// From a URI to the targets to try, in order: RFC 3263 section 4. What DNS said is kept as a plan, from which each request
// takes its own order (RFC 2782 weights), so that a name that is known costs no wait.
import { systemClock } from '../../../kernel/index.js';
import type { Clock } from '../../../kernel/index.js';
import { SipTargetError } from '../../errors.js';
import type { SipUri } from '../../message/sip-uri.js';
import { defaultPort } from '../transport.js';
import type { ListenAddress, Protocol, Target } from '../transport.js';
import { DnsCounters } from './dns-counters.js';
import { defaultDnsOptions } from './dns-options.js';
import type { DnsOptions } from './dns-options.js';
import { NodeDns } from './dns-source.js';
import type { DnsSource } from './dns-source.js';
import { FailedTargets } from './failed-targets.js';
import { Planner } from './plan.js';
import type { Plan, Records, Server } from './plan.js';
import { questionOf } from './question.js';
import type { Question } from './question.js';
import { RecordCache } from './record-cache.js';
import { srvOrder } from './srv-order.js';
import type { Random } from './srv-order.js';

export interface SipResolverOptions {
  /** The addresses that we can send from: what they have not is not considered. */
  readonly listenAddresses: () => readonly ListenAddress[];
  readonly dns?: Partial<DnsOptions>;
  readonly clock?: Clock;
  /** Default: Node's, with `dns.servers`. */
  readonly source?: DnsSource;
  /** For weights. Default `Math.random`. */
  readonly random?: Random;
}

export class SipResolver {
  readonly counters = new DnsCounters();
  readonly failed: FailedTargets;
  readonly #options: SipResolverOptions;
  readonly #limits: DnsOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #source: DnsSource;
  readonly #records: Records;
  readonly #plans = new Map<string, Plan>();
  readonly #open = new Map<string, Promise<Plan>>();
  readonly #giveUps = new Set<() => void>();
  /** What `#usualProtocol` found for these addresses. */
  #usual: Usual = { listen: [], v4: 'udp', v6: 'udp' };

  /** @throws SipDnsServerError when one of `dns.servers` is no address */
  constructor(options: SipResolverOptions) {
    this.#options = options;
    const limits = { ...defaultDnsOptions, ...options.dns };
    this.#limits = limits;
    const clock = options.clock ?? systemClock;
    this.#clock = clock;
    this.#random = options.random ?? Math.random;
    const source =
      options.source ?? new NodeDns({ servers: limits.servers, retryMs: Math.ceil(limits.timeoutMs / 6) });
    this.#source = source;
    this.failed = new FailedTargets(clock, limits.avoidMs);
    const shared = { clock, limits, counters: this.counters };
    this.#records = {
      a: new RecordCache({ ...shared, ask: async (name) => source.a(name) }),
      aaaa: new RecordCache({ ...shared, ask: async (name) => source.aaaa(name) }),
      srv: new RecordCache({ ...shared, ask: async (name) => source.srv(name) }),
      naptr: new RecordCache({ ...shared, ask: async (name) => source.naptr(name) }),
    };
  }

  /** Names that are kept, in all. */
  get entries(): number {
    const { a, aaaa, srv, naptr } = this.#records;
    return this.#plans.size + a.size + aaaa.size + srv.size + naptr.size;
  }

  /**
   * Targets of a URI, best first: at once for an address or a name that is known.
   * @param random for weights; stateless forwarding gives one that says the same for the same call
   * @throws SipTargetError SIP_TARGET_UNSUPPORTED, SIP_TARGET_UNRESOLVED; or rejects with it
   */
  resolve(uri: SipUri | string, random = this.#random): readonly Target[] | Promise<readonly Target[]> {
    const question = questionOf(uri);
    if (question.isAddress) return [this.#addressed(question)];
    const key = keyOf(question);
    const plan = this.#kept(key);
    if (plan !== undefined) return this.#targets(plan, question, random);
    return this.#plan(question, key).then((found) => this.#targets(found, question, random));
  }

  /**
   * The same, as far as it is known without a wait; undefined when a name must be looked up, or leads nowhere.
   * @throws SipTargetError SIP_TARGET_UNSUPPORTED
   */
  known(uri: SipUri | string): readonly Target[] | undefined {
    const question = questionOf(uri);
    if (question.isAddress) return [this.#addressed(question)];
    const plan = this.#kept(keyOf(question));
    return plan === undefined || plan.servers.length === 0 ? undefined : this.#arranged(plan, this.#random);
  }

  /** The target of a URI whose host is an address; null for a name. @throws SipTargetError SIP_TARGET_UNSUPPORTED */
  literal(uri: SipUri | string): Target | null {
    const question = questionOf(uri);
    return question.isAddress ? this.#addressed(question) : null;
  }

  /** Ends what is open. */
  close(): void {
    for (const giveUp of [...this.#giveUps]) giveUp();
    const { a, aaaa, srv, naptr } = this.#records;
    for (const records of [a, aaaa, srv, naptr]) records.close();
    this.#source.close();
  }

  /** RFC 3263 4.1: UDP for an address, TLS for sips:. Without a UDP socket, what there is. */
  #addressed({ host, port, protocol: asked, isSecure }: Question): Target {
    const protocol = asked === 'any' ? (isSecure ? 'tls' : this.#usualProtocol(host)) : asked;
    return { protocol, address: host, port: port ?? defaultPort(protocol) };
  }

  #usualProtocol(address: string): Protocol {
    const listen = this.#options.listenAddresses();
    if (this.#usual.listen !== listen) {
      const of = (isV6: boolean): Protocol =>
        (['udp', 'tcp', 'tls'] as const).find((protocol) =>
          listen.some((one) => one.protocol === protocol && one.address.includes(':') === isV6),
        ) ?? 'udp';
      this.#usual = { listen, v4: of(false), v6: of(true) };
    }
    return address.includes(':') ? this.#usual.v6 : this.#usual.v4;
  }

  #kept(key: string): Plan | undefined {
    const plan = this.#plans.get(key);
    return plan !== undefined && plan.until > this.#clock.now() ? plan : undefined;
  }

  async #plan(question: Question, key: string): Promise<Plan> {
    const open = this.#open.get(key);
    if (open !== undefined) return open;
    if (this.#open.size >= this.#limits.maxLookups) return nowhere;
    const found = this.#find(question, key);
    this.#open.set(key, found);
    return found;
  }

  /** The plan, or nowhere when it takes too long; what is found later is there for the next. */
  async #find(question: Question, key: string): Promise<Plan> {
    const listen = this.#options.listenAddresses();
    const made = new Planner(this.#records, question, listen).plan().then((plan) => this.#keep(key, plan));
    return new Promise((resolve) => {
      const settle = (plan: Plan): void => {
        timer.cancel();
        this.#giveUps.delete(giveUp);
        this.#open.delete(key);
        resolve(plan);
      };
      const giveUp = (): void => settle(this.#plans.get(key) ?? nowhere);
      const timer = this.#clock.after(this.#limits.timeoutMs, 'resolve', giveUp);
      this.#giveUps.add(giveUp);
      void made.then(settle);
    });
  }

  #keep(key: string, plan: Plan): Plan {
    this.#plans.delete(key);
    if (this.#plans.size >= this.#limits.maxEntries) {
      const oldest = this.#plans.keys().next();
      if (oldest.done !== true) this.#plans.delete(oldest.value);
    }
    this.#plans.set(key, plan);
    return plan;
  }

  #targets(plan: Plan, question: Question, random: Random): readonly Target[] {
    if (plan.servers.length > 0) return this.#arranged(plan, random);
    this.counters.unresolved++;
    throw new SipTargetError('SIP_TARGET_UNRESOLVED', `no address for ${question.host}`);
  }

  #arranged(plan: Plan, random: Random): readonly Target[] {
    return this.failed.last(plan.only ?? inOrder(plan.servers, random));
  }
}

interface Usual {
  readonly listen: readonly ListenAddress[];
  readonly v4: Protocol;
  readonly v6: Protocol;
}

const nowhere: Plan = { servers: [], only: undefined, until: 0 };

function inOrder(servers: readonly Server[], random: Random): Target[] {
  return srvOrder(servers, random).flatMap(({ targets }) => targets);
}

function keyOf({ host, port, protocol, isSecure, serverName }: Question): string {
  const name = serverName === host ? '' : serverName;
  return `${host} ${port ?? ''} ${protocol}${isSecure ? '+' : ''}${name}`;
}
