// What a channel and its peer agree on about sound: offers and answers of the channel (RFC 3264), and the variables that tell of it.
import { randomHex } from '../../kernel/index.js';
import { mediaAnswer, mediaOffer, readMedia } from '../media/media-description.js';
import type { LocalMedia } from '../media/media-description.js';
import { setMediaVariables } from './media-variables.js';
import type { MediaVariablesHost } from './media-variables.js';

export class MediaNegotiation {
  readonly #host: MediaVariablesHost;
  readonly #local: LocalMedia;

  /** @param now milliseconds since the Unix epoch */
  constructor(host: MediaVariablesHost, now: number) {
    const sessionId = Math.floor(now / 1000) - (Number.parseInt(randomHex(2), 16) % 40_000);
    this.#host = host;
    this.#local = {
      address: host.context.ports.address,
      port: host.media.localPort,
      sessionId,
      version: sessionId + 1,
    };
  }

  /** An offer of ours. */
  offer(): string {
    const sdp = mediaOffer(this.#local);
    this.#host.setVariable('rtp_local_sdp_str', sdp);
    return sdp;
  }

  /** @returns undefined when there is nothing in the offer that we can take */
  answerTo(offer: string): string | undefined {
    const remote = readMedia(offer);
    if (remote === undefined) return undefined;
    const sdp = mediaAnswer(offer, remote, this.#local);
    this.#host.media.setRemote(remote);
    this.#host.setVariable('switch_r_sdp', offer);
    setMediaVariables(this.#host, remote, sdp);
    return sdp;
  }

  /** The answer to our offer; one without sound for us changes nothing. */
  accept(answer: string): void {
    const remote = readMedia(answer);
    if (remote === undefined) return;
    this.#host.setVariable('switch_r_sdp', answer);
    this.#host.media.setRemote(remote);
    setMediaVariables(this.#host, remote);
  }
}
