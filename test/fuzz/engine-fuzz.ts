// Whole transactions, dialogs and proxied calls against damaged and misplaced messages, on a network and a clock in memory.
import { Writable } from 'node:stream';
import { createLogger } from '../../src/kernel/index.js';
import { SipEngine } from '../../src/sip/index.js';
import { HeapClock } from '../support/heap-clock.js';
import { MemoryDatagrams } from '../support/memory-datagrams.js';
import type { Random } from '../support/random.js';
import { FuzzApplication } from './fuzz-application.js';
import { withoutNames } from './fuzz-names.js';
import { FuzzPeers } from './fuzz-peers.js';
import type { FuzzDatagram } from './fuzz-peers.js';

/** Messages after which everything must have ended. */
const BLOCK = 10_000;
const DIALOG_AGE_MS = 600_000;

export interface EngineFigures {
  messages: number;
  sent: number;
  mostTransactions: number;
  mostDialogs: number;
  mostTimers: number;
  /** Defects of the application, which the engine survived. */
  thrownByApplication: number;
}

export class EngineFuzz {
  readonly figures: EngineFigures = {
    messages: 0,
    sent: 0,
    mostTransactions: 0,
    mostDialogs: 0,
    mostTimers: 0,
    thrownByApplication: 0,
  };
  readonly #random: Random;
  readonly #clock = new HeapClock();
  readonly #network = new MemoryDatagrams();
  readonly #engine: SipEngine;
  readonly #application: FuzzApplication;
  readonly #peers: FuzzPeers;
  readonly #errors: string[] = [];
  #last: FuzzDatagram | undefined;
  #stopNames: () => void = () => undefined;

  constructor(random: Random, seeds: readonly string[]) {
    this.#random = random;
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        this.#logged(String(chunk));
        done();
      },
    });
    this.#engine = new SipEngine({
      listen: ['sip:198.51.100.1:5060;transport=udp'],
      clock: this.#clock,
      log: createLogger({ level: 'error', personalData: true, destination }),
      limits: { maxDialogAgeMs: DIALOG_AGE_MS },
      isTrusted: ({ remoteAddress }) => !remoteAddress.startsWith('203.'),
    });
    this.#application = new FuzzApplication(this.#engine, random);
    this.#peers = new FuzzPeers(random, seeds);
    this.#network.onSent = (datagram) => {
      this.figures.sent++;
      this.#peers.hear(datagram);
    };
    this.#engine.use(this.#application);
  }

  async start(): Promise<void> {
    this.#stopNames = withoutNames();
    this.#network.install();
    await this.#engine.start();
    this.#network.restore();
  }

  async stop(): Promise<void> {
    await this.#engine.stop();
    this.#stopNames();
  }

  /** @throws when something broke, or did not end */
  async run(count: number): Promise<void> {
    for (let done = 0; done < count; done += BLOCK) {
      for (let i = 0; i < Math.min(BLOCK, count - done); i++) this.#step(i);
      await this.#settle();
    }
  }

  #step(i: number): void {
    const { figures } = this;
    this.#last = this.#peers.next();
    this.#network.deliver(Buffer.from(this.#last.text, 'latin1'), this.#last.address, this.#last.port);
    figures.messages++;
    if (this.#random.isIn(0.3)) this.#application.act();
    this.#clock.advance(this.#random.isIn(0.01) ? this.#random.below(5000) : this.#random.below(20));
    if (i % 64 !== 0) return;
    figures.mostTransactions = Math.max(figures.mostTransactions, this.#engine.openTransactions);
    figures.mostDialogs = Math.max(figures.mostDialogs, this.#engine.openDialogs);
    figures.mostTimers = Math.max(figures.mostTimers, this.#clock.running);
    this.#check();
  }

  /** Everybody falls silent: within the age of a dialog and the time of its BYE nothing may be left. */
  async #settle(): Promise<void> {
    this.#application.forget();
    for (let round = 0; round < 4; round++) {
      await new Promise(setImmediate);
      this.#clock.advance(DIALOG_AGE_MS);
    }
    await new Promise(setImmediate);
    this.#peers.forget();
    this.#check();
    const { openTransactions, openDialogs, openProxies } = this.#engine;
    const left = { openTransactions, openDialogs, openProxies, timers: this.#clock.running };
    if (Object.values(left).some((one) => one !== 0))
      throw new Error(`not everything ended: ${JSON.stringify(left)}`);
  }

  #logged(line: string): void {
    if (line.includes('the application throws')) this.figures.thrownByApplication++;
    else this.#errors.push(line);
  }

  #check(): void {
    const [error] = this.#errors;
    if (error !== undefined) throw new Error(`${error} after ${JSON.stringify(this.#last)}`);
  }
}
