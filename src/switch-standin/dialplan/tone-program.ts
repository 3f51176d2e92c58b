// An IVR program that needs no router: it is answered, plays its tones and hangs up after its holding time.
import type { Timer } from '../../kernel/index.js';
import type { Channel, Controller } from '../channel/channel.js';
import type { ProgramSettings } from './destinations.js';

const tones = 'tone_stream://%(300,200,523);%(300,200,659);%(300,4000,784);loops=-1';

export class ToneProgram implements Controller {
  readonly #channel: Channel;
  readonly #calls: Set<Channel>;
  readonly #timer: Timer;

  /** @param calls the calls of the program, which this one counts among */
  constructor(channel: Channel, program: ProgramSettings, calls: Set<Channel>) {
    this.#channel = channel;
    this.#calls = calls;
    calls.add(channel);
    channel.answer();
    channel.showDialog();
    channel.applications.push({ name: 'playback', data: tones });
    this.#timer = channel.context.clock.after(1000 * program.holdingTimeSeconds, 'program', () =>
      channel.hangup('NORMAL_CLEARING'),
    );
  }

  release(): void {
    this.#timer.cancel();
    this.#calls.delete(this.#channel);
  }
}
