// A caller's media as far as keys go: a UDP port, and telephone events (RFC 4733) sent from it.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';

const payloadType = 101;
const packetMs = 20;
const samplesPerPacket = 160;

export class Keypad {
  readonly #socket: Socket;
  #sequence = 1;
  #timestamp = 1000;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(): Promise<Keypad> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', () => resolve()));
    return new Keypad(socket);
  }

  get sdp(): string {
    return [
      'v=0',
      'o=alice 1 1 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${this.#socket.address().port} RTP/AVP 0 ${payloadType}`,
      'a=rtpmap:0 PCMU/8000',
      `a=rtpmap:${payloadType} telephone-event/8000`,
      `a=fmtp:${payloadType} 0-15`,
      '',
    ].join('\r\n');
  }

  /** Presses keys one after the other, 100 ms each with 100 ms between them, towards the audio of this SDP. */
  async press(keys: string, sdp: string): Promise<void> {
    const port = Number(/m=audio (\d+)/.exec(sdp)?.[1] ?? 0);
    for (const key of keys) {
      for (let packet = 1; packet <= 7; packet++) {
        // The last three say that it ended (RFC 4733 2.5.1.4).
        const duration = Math.min(packet, 5) * samplesPerPacket;
        this.#socket.send(this.#packet('0123456789*#ABCD'.indexOf(key), duration, packet), port, '127.0.0.1');
        await new Promise((resolve) => setTimeout(resolve, packetMs));
      }
      this.#timestamp += 20 * samplesPerPacket;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  close(): void {
    this.#socket.close();
  }

  #packet(event: number, duration: number, packet: number): Buffer {
    const bytes = Buffer.alloc(16);
    bytes[0] = 0x80;
    bytes[1] = payloadType | (packet === 1 ? 0x80 : 0);
    bytes.writeUInt16BE(this.#sequence++, 2);
    bytes.writeUInt32BE(this.#timestamp, 4);
    bytes.writeUInt32BE(0x5eed, 8);
    bytes[12] = event;
    bytes[13] = packet >= 5 ? 0x8a : 0x0a;
    bytes.writeUInt16BE(duration, 14);
    return bytes;
  }
}
