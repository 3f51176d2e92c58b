// Headers of one event of the FreeSWITCH event socket, read when asked for. An event of a call has some 150 `variable_*` lines
// of which the feed needs two: a line that nobody asks for is never decoded and makes no object.

export interface EventHeaders {
  /** The decoded value; undefined when the event has no such header. */
  get(name: string): string | undefined;
  /**
   * Headers of the caller's INVITE that begin with X-, and User-to-User, by their names in lower case, as far as they are wanted:
   * at most 16, each cut at 1,024 characters. An empty value is one that was taken off, and is left out.
   */
  sipHeaders(isWanted: (lowerCaseName: string) => boolean): Readonly<Record<string, string>>;
}

const maxSipHeaders = 16;
const maxSipValue = 1024;
const maxSipName = 64;

/** Never throws: what is no valid escape stays as it is, bytes that are no UTF-8 become U+FFFD. */
export function decodeEscapes(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return decodeLeniently(value);
  }
}

function decodeLeniently(value: string): string {
  return value.replaceAll(/(?:%[\dA-Fa-f]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** `\nName: ` as bytes. Names are those that the code asks for, so the table does not grow. */
const needles = new Map<string, Buffer>();

function needleOf(name: string): Buffer {
  const known = needles.get(name);
  if (known !== undefined) return known;
  const needle = Buffer.from(`\n${name}: `, 'latin1');
  needles.set(name, needle);
  return needle;
}

const sipHeaderPrefix = 'variable_sip_h_';
const sipHeaderPart = Buffer.from(`\n${sipHeaderPrefix}`);
const colonByte = 58;
const headerEnd = Buffer.from('\n\n');
const callcenterPart = Buffer.from('\nCC-');

/**
 * The body of a `text/event-plain` frame. Values are percent-encoded, so a line feed always ends a line and nobody who chooses a
 * value can make a header.
 */
export class PlainEventHeaders implements EventHeaders {
  readonly #body: Buffer;
  readonly #end: number;
  /** Where the headers of mod_callcenter begin: after everything about the channel. */
  #callcenterFrom = -1;

  constructor(body: Buffer) {
    this.#body = body;
    const end = body.indexOf(headerEnd);
    this.#end = end === -1 ? body.length : end;
  }

  get(name: string): string | undefined {
    const needle = needleOf(name);
    const at = this.#body.indexOf(needle, this.#searchFrom(name));
    if (at !== -1 && at < this.#end) return this.#valueAt(at + needle.length);
    // The first line has no line feed before it.
    const isFirst =
      this.#body.length >= needle.length &&
      this.#body.compare(needle, 1, needle.length, 0, needle.length - 1) === 0;
    return isFirst ? this.#valueAt(needle.length - 1) : undefined;
  }

  sipHeaders(isWanted: (lowerCaseName: string) => boolean): Readonly<Record<string, string>> {
    const body = this.#body;
    const found: Record<string, string> = {};
    let count = 0;
    for (let at = body.indexOf(sipHeaderPart); at !== -1; at = body.indexOf(sipHeaderPart, at + 1)) {
      const start = at + sipHeaderPart.length;
      if (start >= this.#end || count >= maxSipHeaders) break;
      const colon = body.indexOf(colonByte, start);
      if (colon === -1 || colon - start > maxSipName) continue;
      const name = body.toString('latin1', start, colon).toLowerCase();
      if (name in found || !isWanted(name)) continue;
      const value = this.#valueAt(colon + 2).slice(0, maxSipValue);
      if (value === '') continue;
      found[name] = value;
      count += 1;
    }
    return found;
  }

  #searchFrom(name: string): number {
    if (!name.startsWith('CC-')) return 0;
    if (this.#callcenterFrom === -1) {
      const at = this.#body.indexOf(callcenterPart);
      this.#callcenterFrom = at === -1 ? this.#end : at;
    }
    return this.#callcenterFrom;
  }

  #valueAt(start: number): string {
    const lineEnd = this.#body.indexOf(10, start);
    const end = lineEnd === -1 || lineEnd > this.#end ? this.#end : lineEnd;
    return decodeEscapes(this.#body.toString('utf8', start, end));
  }
}

/** The body of a `text/event-json` frame. */
export class JsonEventHeaders implements EventHeaders {
  readonly #fields: ReadonlyMap<string, unknown>;

  private constructor(fields: ReadonlyMap<string, unknown>) {
    this.#fields = fields;
  }

  /** Undefined for what is no JSON object. */
  static parse(body: Buffer): JsonEventHeaders | undefined {
    try {
      const value: unknown = JSON.parse(body.toString());
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      return new JsonEventHeaders(new Map<string, unknown>(Object.entries(value)));
    } catch {
      return undefined;
    }
  }

  get(name: string): string | undefined {
    const value = this.#fields.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  sipHeaders(isWanted: (lowerCaseName: string) => boolean): Readonly<Record<string, string>> {
    const found: Record<string, string> = {};
    let count = 0;
    for (const key of this.#fields.keys()) {
      const lower = key.toLowerCase();
      if (!lower.startsWith(sipHeaderPrefix) || count >= maxSipHeaders) continue;
      const name = lower.slice(sipHeaderPrefix.length);
      const value = this.get(key)?.slice(0, maxSipValue) ?? '';
      if (name.length > maxSipName || name in found || value === '' || !isWanted(name)) continue;
      found[name] = value;
      count += 1;
    }
    return found;
  }
}
