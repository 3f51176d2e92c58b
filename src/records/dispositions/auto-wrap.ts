// Gives the partner's code to what agents presented and nobody recorded a disposition of. Of several routers one does it at a time.
import type { Clock, Logger, Part } from '../../kernel/index.js';
import { Beat } from '../beat.js';
import type { Sql } from '../database/sql.js';
import { byDeadline } from '../deadline.js';
import type { Disposition } from './disposition.js';

export interface WrappedExposure {
  readonly decisionId: string;
  readonly offer: string;
  readonly centre?: string;
  readonly agent?: string;
  /** `recorded`; `already-recorded` where an IVR had settled it before. */
  readonly kind: string;
  readonly disposition?: Disposition;
}

export interface AutoWrapOptions {
  readonly database: Sql;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default 3000. */
  readonly intervalMs?: number;
  /** Told of each, once it is committed. It does not throw. */
  readonly onWrapped?: (exposure: WrappedExposure) => void;
}

interface Answer {
  readonly kind: 'wrapped' | 'busy';
  readonly isMore?: boolean;
  readonly wrapped?: readonly WrappedExposure[];
}

/** Others who record wait meanwhile. */
const limit = 50;
const deadlineMs = 10_000;

export class AutoWrap implements Part {
  readonly name = 'auto-wrap';
  readonly #beat: Beat;

  constructor({ database, clock, log, intervalMs = 3000, onWrapped }: AutoWrapOptions) {
    const work = async (): Promise<boolean> => {
      const rows = await byDeadline(
        clock,
        deadlineMs,
        database.query<{ answer: Answer }>('SELECT proffer.auto_wrap($1, $2) AS answer', [
          new Date(clock.wallNow()).toISOString(),
          limit,
        ]),
      );
      const { wrapped = [], isMore = false } = rows[0]?.answer ?? {};
      for (const one of wrapped) onWrapped?.(one);
      return isMore;
    };
    this.#beat = new Beat({ name: this.name, clock, log, intervalMs, maxPauseMs: 30_000, work });
  }

  start(): void {
    this.#beat.start();
  }

  async stop(): Promise<void> {
    await this.#beat.stop();
  }
}
