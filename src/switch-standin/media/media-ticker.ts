// The one timer of all that is being sent: 20 ms a frame, corrected for drift. Nothing to send, no timer.
import type { Clock, Timer } from '../../kernel/index.js';

export const frameMs = 20;
export const frameSamples = 160;

/** Frames that are made up for when the process was late; beyond, the stream starts again at the present. */
const mostFramesLate = 10;

export interface TickedSender {
  /** Called every 20 ms. */
  tick(): void;
}

export class MediaTicker {
  readonly #clock: Clock;
  readonly #senders = new Set<TickedSender>();
  #timer: Timer | undefined;
  #due = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(sender: TickedSender): void {
    this.#senders.add(sender);
    if (this.#timer !== undefined) return;
    this.#due = this.#clock.now() + frameMs;
    this.#arm();
  }

  delete(sender: TickedSender): void {
    this.#senders.delete(sender);
    if (this.#senders.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  get size(): number {
    return this.#senders.size;
  }

  #arm(): void {
    // A sender that joined while others ticked has armed it already.
    this.#timer?.cancel();
    const wait = Math.max(0, this.#due - this.#clock.now());
    this.#timer = this.#clock.after(wait, 'media-tick', () => this.#run());
  }

  #run(): void {
    this.#timer = undefined;
    const late = this.#clock.now() - this.#due;
    const frames = Math.min(1 + Math.floor(Math.max(0, late) / frameMs), mostFramesLate);
    for (let frame = 0; frame < frames; frame++) for (const sender of this.#senders) sender.tick();
    this.#due += frames * frameMs;
    if (late >= mostFramesLate * frameMs) this.#due = this.#clock.now() + frameMs;
    if (this.#senders.size > 0) this.#arm();
  }
}
