// One WebSocket of the hub: what it is sent, and what waits because its client reads too slowly. Holds one mark for each topic that
// waits, never the messages.
import type { Principal } from '../access/principal.js';

/** Port: the connection itself. */
export interface Connection {
  send(text: string): void;
  /** Bytes that were given to `send` and are not with the system yet. */
  readonly bufferedBytes: number;
  ping(): void;
  /** Is who opened it still logged in, and who they were? Rejects while that cannot be known. Absent: as long as it is open. */
  isAllowed?(): Promise<boolean>;
  close(code: number, reason: string): void;
  /** At once, without a farewell. */
  terminate(): void;
}

/** Codes of a close, beside 1001 (the router stops). */
export const closeCodes = {
  'bad-message': 4400,
  'session-ended': 4401,
  refused: 4403,
  silent: 4408,
  slow: 4413,
  'too-many': 4429,
  stopping: 1001,
} as const;

export type CloseReason = keyof typeof closeCodes;

/** A socket with more than this unsent gets its states later, the last of each topic alone. */
const maxBufferedBytes = 64 * 1024;

export class LiveSocket {
  readonly connection: Connection;
  readonly principal: Principal;
  /** Topics whose state waits until the client has read what was sent. */
  readonly waiting = new Set<string>();
  /** Clock.now() since when it reads too slowly. */
  slowSince: number | undefined;
  heardAt: number;
  /** Messages of the client since the last beat. */
  messages = 0;

  constructor(connection: Connection, principal: Principal, now: number) {
    this.connection = connection;
    this.principal = principal;
    this.heardAt = now;
  }

  get isSlow(): boolean {
    return this.connection.bufferedBytes > maxBufferedBytes;
  }

  send(text: string): void {
    try {
      this.connection.send(text);
    } catch {
      // It is closing; its close is heard.
    }
  }

  close(reason: CloseReason): void {
    try {
      this.connection.close(closeCodes[reason], reason);
      // A client that does not read hears no farewell either.
      if (reason === 'slow' || reason === 'silent') this.connection.terminate();
    } catch {
      this.connection.terminate();
    }
  }
}
