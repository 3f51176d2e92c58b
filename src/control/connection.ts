// One application's connection: authentication, routes, tags and ping. What is about SIP goes on to the commands.
import { createHash, timingSafeEqual } from 'node:crypto';
import { errorMessage, randomUuid } from '../kernel/index.js';
import type { Logger } from '../kernel/index.js';
import { encodeFrame } from './frame.js';
import type { FrameFault } from './frame.js';

/** Answered to `authenticate`; drachtio-srf turns features on by this version. */
export const PROTOCOL_VERSION = 'v0.9.10-proffer';

/** The way out to the application. */
export interface FrameSink {
  /** Whole frames, byte strings, delivered in order and never inside the call. */
  send(frame: string): void;
  /** Ends the connection after what was sent. */
  end(): void;
}

/** What a connection needs of the one that owns it. */
export interface ConnectionOwner {
  readonly log: Logger;
  readonly secret: string;
  /** `proto/host:port`, comma separated: as advertised, and as bound. */
  hostports(): { readonly advertised: string; readonly local: string };
  onReady(connection: ControlConnection): void;
  onSip(connection: ControlConnection, rid: string, tokens: readonly string[], text: string): void;
  onProxy(connection: ControlConnection, rid: string, tokens: readonly string[], text: string): void;
  onClosed(connection: ControlConnection): void;
}

const faultText: Readonly<Record<FrameFault, string>> = {
  'bad-length': 'Invalid message format',
  'too-large': 'Message too long',
};

export class ControlConnection {
  /** Methods in lower case, and `cdr:...`, that this application takes. */
  readonly routes = new Set<string>();
  tags: readonly string[] = [];
  /** Is told that a response was sent, and not its text: for an application that does not read it. */
  isBrief = false;
  readonly #owner: ConnectionOwner;
  readonly #sink: FrameSink;
  readonly #presetRoutes: readonly string[];
  #isAuthenticated = false;
  #isClosed = false;

  /** @param presetRoutes routes it has from the start, for an application that never sends `route` */
  constructor(owner: ConnectionOwner, sink: FrameSink, presetRoutes: readonly string[] = []) {
    this.#owner = owner;
    this.#sink = sink;
    this.#presetRoutes = presetRoutes;
  }

  get isOpen(): boolean {
    return !this.#isClosed;
  }

  get isAuthenticated(): boolean {
    return this.#isAuthenticated;
  }

  /** Sends a frame whose leader starts with `kind`, after a fresh id. */
  send(rest: string): void {
    if (!this.#isClosed) this.#sink.send(encodeFrame(`${randomUuid()}|${rest}`));
  }

  /** Answers the frame `rid`: `OK...`, `NO|text` or `NOK|text`. */
  reply(rid: string, rest: string): void {
    this.send(`response|${rid}|${rest}`);
  }

  /** One payload from the application. Never throws. */
  receive(payload: string): void {
    if (this.#isClosed) return;
    const lineEnd = payload.indexOf('\r\n');
    const leader = lineEnd === -1 ? payload : payload.slice(0, lineEnd);
    const tokens = leader.split('|');
    const rid = tokens[0] ?? '';
    try {
      this.#command(rid, tokens, lineEnd === -1 ? '' : payload.slice(lineEnd + 2));
    } catch (error) {
      this.#owner.log.error({ error: errorMessage(error), command: tokens[1] }, 'control command failed');
      this.reply(rid, 'NOK|Internal error');
    }
  }

  /** The stream cannot be read on. */
  fault(fault: FrameFault): void {
    if (!this.#isClosed) this.refuse('', faultText[fault]);
  }

  /** The way to the application is gone, whoever ended it. */
  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#owner.onClosed(this);
  }

  #command(rid: string, tokens: readonly string[], text: string): void {
    const name = tokens.length < 2 ? undefined : tokens[1];
    if (name === undefined) {
      this.refuse(rid, 'Invalid message format');
    } else if (name === 'authenticate') {
      this.#authenticate(rid, tokens);
    } else if (!this.#isAuthenticated) {
      this.refuse(rid, 'not authenticated');
    } else if (name === 'sip') {
      this.#owner.onSip(this, rid, tokens, text);
    } else if (name === 'proxy') {
      this.#owner.onProxy(this, rid, tokens, text);
    } else if (name === 'ping') {
      this.reply(rid, 'OK|pong');
    } else if (name === 'route') {
      if (tokens[2] !== undefined && tokens[2] !== '') this.routes.add(tokens[2]);
      this.reply(rid, 'OK');
    } else if (name === 'remove_route') {
      this.routes.delete(tokens[2] ?? '');
      this.reply(rid, 'OK');
    } else {
      this.refuse(rid, 'Unknown message type');
    }
  }

  #authenticate(rid: string, tokens: readonly string[]): void {
    if (!isSame(tokens[2] ?? '', this.#owner.secret)) {
      this.#owner.log.warn('application refused: incorrect secret');
      this.refuse(rid, 'incorrect secret');
      return;
    }
    this.#isAuthenticated = true;
    this.tags = (tokens[3] ?? '').split(',').filter((tag) => tag !== '');
    for (const route of this.#presetRoutes) this.routes.add(route);
    const { advertised, local } = this.#owner.hostports();
    this.reply(rid, `OK|${advertised}|${PROTOCOL_VERSION}|${local}`);
    this.#owner.onReady(this);
  }

  /** `NO`, and the connection is over: for a frame that makes no sense. */
  refuse(rid: string, text: string): void {
    this.reply(rid, `NO|${text}`);
    this.#sink.end();
    this.closed();
  }
}

/** Compares in a time that does not depend on where the two differ. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text, 'latin1').digest();
  return timingSafeEqual(digest(given), digest(expected));
}
