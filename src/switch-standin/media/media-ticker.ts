// The one timer of all that is being sent: 20 ms a frame, corrected for drift. Nothing to send, no timer.
import type { Clock, Timer } from '../../kernel/index.js';

export const frameMs = 20;
export const frameSamples = 160;

/** Frames that are made up for when the process was late; beyond, the stream starts again at the present. */
const mostFramesLate = 10;

export interface TickedSender {
  /** Called every 20 ms; it may leave meanwhile, or join again. */
  tick(): void;
}

export class MediaTicker {
  readonly #clock: Clock;
  readonly #senders = new Set<TickedSender>();
  #timer: Timer | undefined;
  #due = 0;
  #isRunning = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(sender: TickedSender): void {
    this.#senders.add(sender);
    if (this.#timer !== undefined || this.#isRunning) return;
    this.#due = this.#clock.now() + frameMs;
    this.#arm();
  }

  delete(sender: TickedSender): void {
    this.#senders.delete(sender);
    if (this.#senders.size > 0 || this.#isRunning) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  get size(): number {
    return this.#senders.size;
  }

  #arm(): void {
    const wait = Math.max(0, this.#due - this.#clock.now());
    this.#timer = this.#clock.after(wait, 'media-tick', () => this.#run());
  }

  #run(): void {
    this.#timer = undefined;
    this.#isRunning = true;
    const late = this.#clock.now() - this.#due;
    const frames = Math.min(1 + Math.floor(Math.max(0, late) / frameMs), mostFramesLate);
    for (let frame = 0; frame < frames; frame++) for (const sender of this.#senders) sender.tick();
    this.#isRunning = false;
    this.#due += frames * frameMs;
    if (late >= mostFramesLate * frameMs) this.#due = this.#clock.now() + frameMs;
    if (this.#senders.size > 0) this.#arm();
  }
}
