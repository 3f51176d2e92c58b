// The sound of one channel: what it plays and sends as RTP, what it hears, and the relay to the channel it talks with.
import { randomHex } from '../../kernel/index.js';
import type { AudioSource } from './audio-source.js';
import { encodeG711, transcode } from './g711.js';
import type { RemoteMedia } from './media-description.js';
import type { MediaPort } from './media-ports.js';
import { frameSamples } from './media-ticker.js';
import type { MediaTicker, TickedSender } from './media-ticker.js';
import { formatRtp, parseRtp } from './rtp-packet.js';
import type { RtpPacket } from './rtp-packet.js';
import { KeyReceiver, keyPress } from './telephone-event.js';
import type { PressedKey } from './telephone-event.js';

export interface MediaCounters {
  packetsIn: number;
  bytesIn: number;
  keyPacketsIn: number;
  packetsOut: number;
  bytesOut: number;
}

interface Playing {
  readonly source: AudioSource;
  readonly onEnd: () => void;
}

export class MediaSession implements TickedSender {
  readonly counters: MediaCounters = {
    packetsIn: 0,
    bytesIn: 0,
    keyPacketsIn: 0,
    packetsOut: 0,
    bytesOut: 0,
  };
  readonly ssrc = Number.parseInt(randomHex(4), 16);
  readonly #port: MediaPort;
  readonly #ticker: MediaTicker;
  readonly #onKey: (key: PressedKey) => void;
  readonly #receiver = new KeyReceiver();
  #remote: RemoteMedia | undefined;
  #playing: Playing | undefined;
  #background: AudioSource | undefined;
  #peer: MediaSession | undefined;
  readonly #keyFrames: { readonly payload: Buffer; readonly isFirst: boolean }[] = [];
  #keyTimestamp = 0;
  #sequence = Number.parseInt(randomHex(2), 16);
  #timestamp = Number.parseInt(randomHex(4), 16);
  /** Of the source that is relayed: its SSRC, and what is added to its timestamps. */
  #relayed: { readonly ssrc: number; readonly shift: number } | undefined;
  #isFirstPacket = true;
  #isEchoing = false;

  constructor(port: MediaPort, ticker: MediaTicker, onKey: (key: PressedKey) => void) {
    this.#port = port;
    this.#ticker = ticker;
    this.#onKey = onKey;
    port.onPacket((bytes) => this.#receive(bytes));
  }

  get localPort(): number {
    return this.#port.port;
  }

  /** Undefined while the other side has said nothing. */
  get remote(): RemoteMedia | undefined {
    return this.#remote;
  }

  setRemote(remote: RemoteMedia): void {
    this.#remote = remote;
  }

  /** Plays a source once, in place of one that is playing; `onEnd` is called when it has ended by itself. */
  play(source: AudioSource, onEnd: () => void): void {
    this.#playing = { source, onEnd };
    this.#listenToTicks();
  }

  stopPlaying(): void {
    this.#playing = undefined;
    this.#listenToTicks();
  }

  /** What is heard while nothing is played, such as hold music. */
  setBackground(source: AudioSource | undefined): void {
    this.#background = source;
    this.#listenToTicks();
  }

  /** Sends on to the other what is heard here. */
  relayTo(peer: MediaSession | undefined): void {
    this.#peer = peer;
    if (peer !== undefined) peer.#relayed = undefined;
  }

  /** Sends back what is heard. */
  setEcho(isOn: boolean): void {
    this.#isEchoing = isOn;
    this.#relayed = undefined;
  }

  /** Presses keys, one after the other (RFC 4733 2.5.1). Nothing happens when the peer takes none. */
  sendKeys(keys: string, durationMs = 100): void {
    for (const key of keys) {
      const payloads = keyPress(key, durationMs);
      payloads.forEach((payload, at) => this.#keyFrames.push({ payload, isFirst: at === 0 }));
    }
    this.#listenToTicks();
  }

  tick(): void {
    if (this.#keyFrames.length > 0) this.#sendKeyFrame();
    else if (this.#playing !== undefined) this.#sendPlaying(this.#playing);
    else if (this.#background !== undefined) this.#sendFrame(this.#background.next());
    this.#timestamp = (this.#timestamp + frameSamples) >>> 0;
    this.#listenToTicks();
  }

  close(): void {
    this.#playing = undefined;
    this.#background = undefined;
    this.#peer = undefined;
    this.#keyFrames.length = 0;
    this.#ticker.delete(this);
    this.#port.close();
  }

  #listenToTicks(): void {
    const isBusy =
      this.#keyFrames.length > 0 || this.#playing !== undefined || this.#background !== undefined;
    if (isBusy) this.#ticker.add(this);
    else this.#ticker.delete(this);
  }

  #sendPlaying(playing: Playing): void {
    const frame = playing.source.next();
    if (frame !== undefined) {
      this.#sendFrame(frame);
      return;
    }
    this.#playing = undefined;
    playing.onEnd();
  }

  #sendFrame(frame: Int16Array | undefined): void {
    if (frame === undefined || this.#remote === undefined) return;
    const { payloadType, law } = this.#remote;
    const payload = encodeG711(law, frame);
    this.#send({ payloadType, timestamp: this.#timestamp, payload, isMarked: this.#isFirstPacket });
  }

  #sendKeyFrame(): void {
    const frame = this.#keyFrames.shift();
    if (frame === undefined) return;
    if (frame.isFirst) this.#keyTimestamp = this.#timestamp;
    const payloadType = this.#remote?.keyPayloadType;
    if (payloadType === undefined) return;
    const { payload, isFirst } = frame;
    this.#send({ payloadType, timestamp: this.#keyTimestamp, payload, isMarked: isFirst });
  }

  /** RFC 3264 5.1: nothing to a peer that does not receive. */
  #send(packet: Omit<RtpPacket, 'sequence' | 'ssrc'>): void {
    const remote = this.#remote;
    if (remote === undefined || remote.direction === 'inactive' || remote.direction === 'sendonly') return;
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.#isFirstPacket = false;
    const bytes = formatRtp({ ...packet, sequence: this.#sequence, ssrc: this.ssrc });
    this.counters.packetsOut += 1;
    this.counters.bytesOut += bytes.length;
    this.#port.send(bytes, remote.port, remote.address);
  }

  #receive(bytes: Buffer): void {
    const packet = parseRtp(bytes);
    const remote = this.#remote;
    if (packet === undefined || remote === undefined) return;
    this.counters.packetsIn += 1;
    this.counters.bytesIn += bytes.length;
    const isKey = packet.payloadType === remote.keyPayloadType;
    if (isKey) {
      this.counters.keyPacketsIn += 1;
      for (const key of this.#receiver.receive(packet)) this.#onKey(key);
    } else if (packet.payloadType !== remote.payloadType) {
      return;
    }
    if (this.#isEchoing) this.#relay(packet, remote, isKey);
    if (this.#peer !== undefined) this.#peer.#relay(packet, remote, isKey);
  }

  /** Sends what another heard, as our own stream. */
  #relay(packet: RtpPacket, from: RemoteMedia, isKey: boolean): void {
    const to = this.#remote;
    const payloadType = isKey ? to?.keyPayloadType : to?.payloadType;
    if (to === undefined || payloadType === undefined) return;
    if (this.#relayed?.ssrc !== packet.ssrc)
      this.#relayed = { ssrc: packet.ssrc, shift: this.#timestamp + frameSamples - packet.timestamp };
    const timestamp = (packet.timestamp + this.#relayed.shift) >>> 0;
    this.#timestamp = timestamp;
    const payload = isKey ? packet.payload : transcode(packet.payload, from.law, to.law);
    this.#send({ payloadType, timestamp, payload, isMarked: packet.isMarked });
  }
}
