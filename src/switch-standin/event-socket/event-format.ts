// Events as the event socket sends them: `text/event-plain` and `text/event-json` of FreeSWITCH 1.11 (switch_event.c, mod_event_socket.c).
import { randomUuid } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { EventHeader, SwitchEvent } from '../switch-event.js';

export type EventFormat = 'plain' | 'json';

export interface EventStampOptions {
  readonly clock: Clock;
  /** `FreeSWITCH-Hostname` and `-Switchname`. */
  readonly hostname: string;
  /** `FreeSWITCH-IPv4`. Default 127.0.0.1. */
  readonly ipv4?: string;
  /** `FreeSWITCH-IPv6`. Default ::1. */
  readonly ipv6?: string;
  /** Default a random one. */
  readonly coreUuid?: string;
  /** How far the clock of the centre is ahead (or, negative, behind), in milliseconds. Default 0. */
  readonly clockOffsetMs?: number;
}

/** SWITCH_URL_UNSAFE, and all that is not printable ASCII. */
const unsafe = /[^ -~]|[ #%&+:;<=>?@[\\\]^`{|}"]/;
const unsafeParts = /%[0-9A-F]{2}|[^ -~]|[ #%&+:;<=>?@[\\\]^`{|}"]/gu;

/** Percent-escaping of a header value (`switch_url_encode`): what is an escape already stays as it is. */
export function escapeValue(value: string): string {
  if (!unsafe.test(value)) return value;
  return value.replace(unsafeParts, (part) => {
    if (part.length === 3 && part.startsWith('%')) return part;
    let escaped = '';
    for (const byte of Buffer.from(part)) escaped += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    return escaped;
  });
}

/** Header lines, then a blank line, or `Content-Length` and the body. An empty value is `_undef_`. */
export function plainText(headers: readonly EventHeader[], body = ''): string {
  let text = '';
  for (const [name, value] of headers) text += `${name}: ${value === '' ? '_undef_' : escapeValue(value)}\n`;
  return body === '' ? `${text}\n` : `${text}Content-Length: ${Buffer.byteLength(body)}\n\n${body}`;
}

/** One JSON object; a header that comes twice is there twice, as FreeSWITCH writes it. */
export function jsonText(headers: readonly EventHeader[], body = ''): string {
  const all =
    body === ''
      ? headers
      : [...headers, ['Content-Length', String(Buffer.byteLength(body))] as const, ['_body', body] as const];
  return `{${all.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}

function frame(format: EventFormat, text: string): Buffer {
  return Buffer.from(
    `Content-Length: ${Buffer.byteLength(text)}\nContent-Type: text/event-${format}\n\n${text}`,
  );
}

/** An event with its common headers. The frames are made when first asked for, once for all clients. */
export class StampedEvent {
  readonly name: string;
  readonly subclass: string | undefined;
  readonly headers: readonly EventHeader[];
  readonly body: string;
  readonly #frames = new Map<EventFormat, Buffer>();

  constructor(event: SwitchEvent, headers: readonly EventHeader[]) {
    this.name = event.name;
    this.subclass = event.subclass;
    this.headers = headers;
    this.body = event.body;
  }

  /** The first header of that name, in any case. */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.headers.find(([one]) => one.toLowerCase() === wanted)?.[1];
  }

  frame(format: EventFormat): Buffer {
    const made = this.#frames.get(format);
    if (made !== undefined) return made;
    const text = format === 'plain' ? plainText(this.headers, this.body) : jsonText(this.headers, this.body);
    const fresh = frame(format, text);
    this.#frames.set(format, fresh);
    return fresh;
  }
}

/** Owns what every event of one run of the centre has in common: Core-UUID, host names, sequence, date. */
export class EventStamp {
  readonly #options: EventStampOptions;
  #coreUuid: string;
  #sequence = 0;
  #startedAt: number;
  #dated: { readonly second: number; readonly texts: readonly [local: string, gmt: string] } = {
    second: -1,
    texts: ['', ''],
  };

  constructor(options: EventStampOptions) {
    this.#options = options;
    this.#startedAt = options.clock.now();
    this.#coreUuid = options.coreUuid ?? randomUuid();
  }

  get coreUuid(): string {
    return this.#coreUuid;
  }

  get hostname(): string {
    return this.#options.hostname;
  }

  /** Milliseconds since the Unix epoch by the clock of the centre, which may be wrong. */
  wallNow(): number {
    return this.#options.clock.wallNow() + (this.#options.clockOffsetMs ?? 0);
  }

  /** The same in whole seconds, as mod_callcenter counts. */
  epoch(): number {
    return Math.floor(this.wallNow() / 1000);
  }

  /** Since the run began. */
  uptimeMs(): number {
    return this.#options.clock.now() - this.#startedAt;
  }

  /** A new run: another Core-UUID, and the sequence begins again. */
  restart(): void {
    this.#startedAt = this.#options.clock.now();
    this.#coreUuid = randomUuid();
    this.#sequence = 0;
  }

  /** Gives the event its place in the sequence. */
  stamp(event: SwitchEvent): StampedEvent {
    this.#sequence += 1;
    const subclass: readonly EventHeader[] =
      event.subclass === undefined ? [] : [['Event-Subclass', event.subclass]];
    return new StampedEvent(event, [...subclass, ...this.#common(event), ...event.headers]);
  }

  #common(event: SwitchEvent): readonly EventHeader[] {
    const { hostname, ipv4 = '127.0.0.1', ipv6 = '::1' } = this.#options;
    const now = this.wallNow();
    const [local, gmt] = this.#dates(Math.floor(now / 1000));
    const [file = '', callingFunction = '', line = ''] = event.origin.split(':');
    return [
      ['Event-Name', event.name],
      ['Core-UUID', this.#coreUuid],
      ['FreeSWITCH-Hostname', hostname],
      ['FreeSWITCH-Switchname', hostname],
      ['FreeSWITCH-IPv4', ipv4],
      ['FreeSWITCH-IPv6', ipv6],
      ['Event-Date-Local', local],
      ['Event-Date-GMT', gmt],
      ['Event-Date-Timestamp', String(Math.round(now * 1000))],
      ['Event-Calling-File', file],
      ['Event-Calling-Function', callingFunction],
      ['Event-Calling-Line-Number', line],
      ['Event-Sequence', String(this.#sequence)],
    ];
  }

  /** Written once a second; the centre is in the time zone UTC. */
  #dates(second: number): readonly [local: string, gmt: string] {
    if (this.#dated.second !== second) {
      const date = new Date(second * 1000);
      const local = date.toISOString().slice(0, 19).replace('T', ' ');
      this.#dated = { second, texts: [local, date.toUTCString()] };
    }
    return this.#dated.texts;
  }
}
