// What clients of the event socket send: a command line, header lines, a blank line, and a body when a Content-Length says so.

export interface ClientCommand {
  /** The first line. */
  readonly line: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

const maxBytes = 65_536;
const blankLine = /\r?\n\r?\n/;

/** Bytes are kept one a character until a command is whole. */
function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString();
}

function parse(text: string): Omit<ClientCommand, 'body'> {
  const [line = '', ...rest] = text.split(/\r?\n/);
  const headers = new Map<string, string>();
  for (const one of rest) {
    const colon = one.indexOf(':');
    if (colon > 0) headers.set(one.slice(0, colon).toLowerCase(), one.slice(colon + 1).trim());
  }
  return { line, headers };
}

/** Cuts the bytes of one connection into commands. Blank lines between commands are passed over. */
export class CommandReader {
  #rest = '';

  /** The commands that are whole now; undefined when the client sends one of more than 64 KiB, or a length that is none. */
  read(chunk: Buffer): readonly ClientCommand[] | undefined {
    this.#rest += chunk.toString('latin1');
    const commands: ClientCommand[] = [];
    for (;;) {
      const command = this.#next();
      if (command === 'bad') return undefined;
      if (command === undefined) return commands;
      commands.push(command);
    }
  }

  #next(): ClientCommand | 'bad' | undefined {
    this.#rest = this.#rest.replace(/^[\r\n]+/, '');
    const end = blankLine.exec(this.#rest);
    if (end === null) return this.#rest.length > maxBytes ? 'bad' : undefined;
    if (end.index > maxBytes) return 'bad';
    const command = parse(utf8(this.#rest.slice(0, end.index)));
    const length = Number(command.headers.get('content-length') ?? 0);
    if (!Number.isInteger(length) || length < 0 || length > maxBytes) return 'bad';
    const start = end.index + end[0].length;
    if (this.#rest.length < start + length) return undefined;
    const body = utf8(this.#rest.slice(start, start + length));
    this.#rest = this.#rest.slice(start + length);
    return { ...command, body };
  }
}
