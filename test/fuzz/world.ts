// One engine with its control server, an unmodified drachtio-srf application and peers, in one process and on one false clock:
// what happens depends on the seed alone.
import type { Server } from 'node:net';
import { ControlServer } from '../../src/control/index.js';
import type { InProcessLink } from '../../src/control/index.js';
import { silentLogger } from '../../src/kernel/index.js';
import type { Logger } from '../../src/kernel/index.js';
import { parseMessage, SipEngine } from '../../src/sip/index.js';
import type { Flow, Protocol, SipMessage, Target } from '../../src/sip/index.js';
import { verbs } from '../integration/control-support.js';
import { FakeClock } from '../support/fake-clock.js';
import { Random } from '../support/random.js';
import { engineAddress, MemoryTransport } from './memory-transport.js';

/** One message on the wire between the engine and a peer. */
export interface Passed {
  readonly at: number;
  readonly isToEngine: boolean;
  /** Address of the peer. */
  readonly peer: string;
  readonly text: string;
  readonly message: SipMessage | undefined;
}

/** What becomes of a message on its way: copies, each with its delay, in place of the one. */
export interface Copy {
  readonly text: string;
  readonly delayMs: number;
  /** Address that it seems to come from. */
  readonly source?: string;
}
export type Faults = (text: string, isToEngine: boolean, world: World) => readonly Copy[];

export interface Receiver {
  receive(message: SipMessage): void;
}

/** Makes the application deaf, dumb or strange: what it writes, and what it hears, frame by frame. */
export interface AppFaults {
  written(payload: string): readonly string[];
}

const methods = [...verbs, 'bye', 'prack', 'update'];
const MAX_STEPS = 20_000;

export class World {
  readonly clock = new FakeClock();
  readonly random: Random;
  readonly engine: SipEngine;
  readonly control: ControlServer;
  readonly passed: Passed[] = [];
  /** What went wrong, in words. */
  readonly faults: string[] = [];
  readonly appEvents: string[] = [];
  bytesIn = 0;
  bytesOut = 0;
  /** Times that a frame of the application reached the engine. */
  commands = 0;
  readonly #peers = new Map<string, Receiver>();
  readonly #change: Faults;
  #transport: MemoryTransport | undefined;
  #link: InProcessLink | undefined;
  #protocols = new Map<string, Protocol>();

  constructor(seed: number, change: Faults = (text) => [{ text, delayMs: 0 }]) {
    this.random = new Random(seed);
    this.#change = change;
    const log = this.#logger();
    this.engine = new SipEngine({
      listen: ['sip:10.0.0.1:5060'],
      clock: this.clock,
      log,
      limits: { maxDialogAgeMs: 3_600_000 },
      transport: (parts) =>
        (this.#transport = new MemoryTransport(parts, (text, target) => this.#sent(text, target))),
    });
    this.control = new ControlServer(this.engine, { secret: 's', clock: this.clock, log });
  }

  async start(listen: (server: Server) => void): Promise<void> {
    await this.engine.start();
    this.#link = this.control.link({ methods });
    listen(this.#link.server);
    this.#link.connect();
    await this.settle();
  }

  /** The application is gone, as a process that dies. */
  loseApplication(): void {
    this.#link?.close();
  }

  addPeer(address: string, peer: Receiver, protocol: Protocol = 'udp'): void {
    this.#peers.set(address, peer);
    this.#protocols.set(address, protocol);
  }

  protocolOf(address: string): Protocol {
    return this.#protocols.get(address) ?? 'udp';
  }

  /** A peer sends; what reaches the engine is up to the faults. */
  send(from: string, text: string): void {
    for (const copy of this.#change(text, true, this)) {
      const source = copy.source ?? from;
      this.after(copy.delayMs, 'wire', () => this.deliver(source, copy.text));
    }
  }

  /** Past the faults, into the engine. */
  deliver(source: string, text: string): void {
    const protocol = this.protocolOf(source);
    const flow: Flow = {
      protocol,
      localAddress: engineAddress,
      localPort: 5060,
      remoteAddress: source,
      remotePort: 5060,
      ...(protocol === 'udp' ? {} : { connectionId: Number(source.split('.')[3]) }),
    };
    this.bytesIn += text.length;
    this.#note(true, source, text);
    this.guard(() => this.#transport?.deliver(text, flow));
  }

  after(ms: number, name: string, work: () => void): void {
    this.clock.after(Math.max(1, ms), name, () => this.guard(work));
  }

  guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.faults.push(
        `exception: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
  }

  /** Lets the application and its link do what is due now. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Runs the clock until nothing waits for it any more, or until `untilMs`. */
  async run(untilMs = Infinity): Promise<void> {
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const due = this.clock.nextDue;
      if (due === undefined || due > untilMs) {
        if (untilMs !== Infinity) this.clock.advance(Math.max(0, untilMs - this.clock.now()));
        return;
      }
      this.guard(() => this.clock.advance(due - this.clock.now()));
      await this.settle();
    }
    this.faults.push(`the clock never runs dry: ${this.clock.running.slice(0, 5).join()}`);
  }

  #sent(text: string, target: Target): void {
    this.bytesOut += text.length;
    this.#note(false, target.address, text);
    for (const copy of this.#change(text, false, this)) {
      this.after(copy.delayMs, 'wire', () => {
        const parsed = parseMessage(Buffer.from(copy.text, 'latin1'), 'datagram');
        if (parsed.ok) this.#peers.get(target.address)?.receive(parsed.message);
      });
    }
  }

  #note(isToEngine: boolean, peer: string, text: string): void {
    const parsed = parseMessage(Buffer.from(text, 'latin1'), 'datagram');
    if (!parsed.ok && !isToEngine) this.faults.push(`the engine sent what cannot be parsed: ${text}`);
    const message = parsed.ok ? parsed.message : undefined;
    this.passed.push({ at: this.clock.now(), isToEngine, peer, text, message });
  }

  /** A logger that takes what is logged as an error for a fault. */
  #logger(): Logger {
    const log = Object.create(silentLogger) as Logger;
    const note = (fields: unknown, text?: string): void => {
      const { err, error } = fields as { err?: Error; error?: string };
      this.faults.push(`logged: ${text ?? ''} ${err?.stack ?? error ?? ''}`);
    };
    log.error = note;
    return log;
  }
}
