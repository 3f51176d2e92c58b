// Keys in RTP: RFC 4733, events 0 to 15 (DTMF).
import type { RtpPacket } from './rtp-packet.js';

export interface TelephoneEvent {
  /** `0` to `9`, `*`, `#`, `A` to `D`. */
  readonly key: string;
  readonly isEnd: boolean;
  /** In timestamp units: 8 a millisecond. */
  readonly duration: number;
}

const keys = '0123456789*#ABCD';
const volume = 10;
const stepMs = 20;
const unitsPerMs = 8;

/** @returns undefined for what is no key */
export function parseTelephoneEvent(payload: Buffer): TelephoneEvent | undefined {
  if (payload.length < 4) return undefined;
  const key = keys[payload.readUInt8(0)];
  if (key === undefined) return undefined;
  return { key, isEnd: (payload.readUInt8(1) & 0x80) !== 0, duration: payload.readUInt16BE(2) };
}

export function formatTelephoneEvent(event: TelephoneEvent): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt8(Math.max(0, keys.indexOf(event.key.toUpperCase())), 0);
  payload.writeUInt8((event.isEnd ? 0x80 : 0) | volume, 1);
  payload.writeUInt16BE(Math.min(event.duration, 0xffff), 2);
  return payload;
}

export function isKey(text: string): boolean {
  return text.length === 1 && keys.includes(text.toUpperCase());
}

/** The payloads of one key press, one every 20 ms; the last is sent three times (2.5.1.4). */
export function keyPress(key: string, durationMs: number): readonly Buffer[] {
  const steps = Math.max(1, Math.round(durationMs / stepMs));
  const event = (step: number, isEnd: boolean): Buffer =>
    formatTelephoneEvent({ key, isEnd, duration: step * stepMs * unitsPerMs });
  const going = Array.from({ length: steps }, (_, at) => event(at + 1, false));
  return [...going, event(steps, true), event(steps, true), event(steps, true)];
}

export interface PressedKey {
  readonly key: string;
  /** In timestamp units: 8 a millisecond. */
  readonly duration: number;
}

/**
 * Makes key presses of packets: every packet of a press has the same timestamp (2.5.1.2), so that repeated ends count once;
 * a press whose ends were all lost counts when the next begins.
 */
export class KeyReceiver {
  #current: { timestamp: number; key: string; duration: number; isDone: boolean } | undefined;

  /** @returns the presses that are over now, oldest first */
  receive(packet: RtpPacket): readonly PressedKey[] {
    const event = parseTelephoneEvent(packet.payload);
    if (event === undefined) return [];
    const over: PressedKey[] = [];
    const last = this.#current;
    if (last !== undefined && last.timestamp !== packet.timestamp) {
      // Late packets of a press before the current one.
      if (((packet.timestamp - last.timestamp) | 0) < 0) return [];
      if (!last.isDone) over.push({ key: last.key, duration: last.duration });
      this.#current = undefined;
    }
    const press = (this.#current ??= {
      timestamp: packet.timestamp,
      key: event.key,
      duration: 0,
      isDone: false,
    });
    press.duration = Math.max(press.duration, event.duration);
    if (event.isEnd && !press.isDone) {
      press.isDone = true;
      over.push({ key: press.key, duration: press.duration });
    }
    return over;
  }
}
