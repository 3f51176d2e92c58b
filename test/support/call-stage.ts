// A stage for test calls: one router, and a SIPp destination at each centre and at the overflow that a test may change.
import { freePorts } from './free-port.js';
import { sumOf } from './metrics-text.js';
import { RouterProcess } from './router-process.js';
import { callWithSipp, SippDestination } from './sipp.js';
import { trunkAddress } from './router-settings.js';
import { waitUntil } from './child-process.js';
import { drachtioEnvironment, keepDrachtioServer } from './drachtio-server.js';
import type { RouterOptions } from './router-process.js';
import type { SippCallOptions, SippMessage, SippResult, SippTransport } from './sipp.js';

export type Place = 'east' | 'west' | 'overflow';

/** What one call left behind, from every side. */
export interface CallStory {
  readonly run: SippResult;
  readonly callId: string;
  /** INVITEs that arrived, in order. */
  readonly arrivals: readonly { readonly place: Place; readonly invite: SippMessage }[];
  readonly decision: Record<string, unknown> | undefined;
  readonly attempts: readonly Record<string, unknown>[];
  readonly outcome: Record<string, unknown> | undefined;
}

export interface StageOptions extends RouterOptions {
  readonly transport?: SippTransport;
  /** The router runs on the real drachtio-server, not on our engine. */
  readonly isOnDrachtio?: boolean;
}

export class CallStage {
  readonly #destinations = new Map<Place, SippDestination>();
  readonly #scenarios = new Map<Place, string>();

  readonly #transport: SippTransport;
  /** Gives the drachtio-server back, where the router runs on it. */
  readonly #release: (() => Promise<void>) | undefined;

  private constructor(
    readonly router: RouterProcess,
    readonly ports: Readonly<Record<Place, number>>,
    transport: SippTransport,
    release: (() => Promise<void>) | undefined,
  ) {
    this.#transport = transport;
    this.#release = release;
  }

  static async open(options: StageOptions = {}): Promise<CallStage> {
    const [east = 0, west = 0, overflow = 0] = await freePorts(3);
    const ports = { east, west, overflow };
    const { transport = 'udp', isOnDrachtio = false } = options;
    const release = isOnDrachtio ? await keepDrachtioServer() : undefined;
    const env = { ...(isOnDrachtio ? drachtioEnvironment : {}), ...options.env };
    try {
      const router = await RouterProcess.start({
        ...options,
        env,
        centres: ports,
        centreTransport: transport,
      });
      return new CallStage(router, ports, transport, release);
    } catch (error) {
      await release?.();
      throw error;
    }
  }

  /** host:port at which calls are taken: of the engine in the router, or of the drachtio-server. */
  get sip(): string {
    return this.#release === undefined ? this.router.sip : this.router.drachtioSip(this.#transport);
  }

  /** Puts these scenarios at the places and waits until the router sees who is up; a place without one is down. */
  async set(scenarios: Readonly<Partial<Record<Place, string>>>): Promise<void> {
    for (const place of ['east', 'west', 'overflow'] as const) {
      await this.#destinations.get(place)?.stop();
      this.#destinations.delete(place);
      this.#scenarios.delete(place);
      const scenario = scenarios[place];
      if (scenario === undefined) continue;
      const options = { scenario, localPort: this.ports[place], transport: this.#transport };
      this.#destinations.set(place, await SippDestination.start(options));
      this.#scenarios.set(place, scenario);
    }
    await waitUntil('the router knows which centres are up', async () => {
      const samples = await this.router.metrics();
      return (['east', 'west'] as const).every((centre) => {
        const up = sumOf(samples, 'proffer_destination_up', { destination: `${centre}/service` });
        return up === (this.#destinations.has(centre) ? 1 : 0);
      });
    });
  }

  destination(place: Place): SippDestination {
    const found = this.#destinations.get(place);
    if (found === undefined) throw new Error(`no destination at ${place}`);
    return found;
  }

  /** One call over the trunk; waits for its decision log when one is expected. */
  async call(
    trunk: keyof typeof trunkAddress,
    options: Omit<SippCallOptions, 'remote' | 'localAddress'> & { readonly outcome?: boolean },
  ): Promise<CallStory> {
    const before = new Map([...this.#destinations].map(([place, one]) => [place, one.invites.length]));
    const run = await callWithSipp({
      transport: this.#transport,
      ...options,
      remote: this.sip,
      localAddress: trunkAddress[trunk],
    });
    const callId = run.messages.map((one) => one.header('Call-ID')).find((one) => one !== undefined) ?? '';
    const records =
      options.outcome === false ? [] : await this.router.recordsOf(callId, 'outcome').catch(() => []);
    const ofType = (type: string) => records.filter((one) => one['type'] === type);
    const decision = ofType('decision')[0];
    // A destination that was given up for another call may still get a copy of that call's INVITE (timer A).
    const isOurs = (invite: SippMessage) =>
      decision === undefined ||
      invite.header('Call-ID') === callId ||
      invite.header('X-Decision-ID') === decision['decisionId'];
    const arrivals = [...this.#destinations]
      .flatMap(([place, one]) => one.invites.slice(before.get(place)).map((invite) => ({ place, invite })))
      .filter(({ invite }) => isOurs(invite))
      .toSorted((a, b) => a.invite.atMicros - b.invite.atMicros);
    return {
      run,
      callId,
      arrivals,
      decision,
      attempts: ofType('attempt'),
      outcome: ofType('outcome')[0],
    };
  }

  async close(): Promise<void> {
    for (const one of this.#destinations.values()) await one.stop();
    await this.router.stop();
    await this.#release?.();
  }
}

/** User part of a SIP URI: the queue or program that a call was sent to. */
export function userOf(uri: string): string {
  return /^sips?:([^@;]+)@/.exec(uri)?.[1] ?? '';
}

/** `["east/acme-sales", ...]`: where the call went, in order. */
export function pathOf(story: CallStory): string[] {
  return story.arrivals.map(({ place, invite }) => `${place}/${userOf(invite.uri)}`);
}

/** The decision id that User-to-User carries (RFC 7433, hexadecimal). */
export function decisionIdOf(invite: SippMessage | undefined): string {
  const value = invite?.header('User-to-User') ?? '';
  const hex = /^([0-9a-fA-F]+)\s*;\s*encoding=hex/.exec(value)?.[1] ?? '';
  return Buffer.from(hex, 'hex').toString('utf8');
}
