// What every transaction is given by the layer, and what it asks of the transport below.
import type { Clock, Logger } from '../../kernel/index.js';
import type { Target, Transport } from '../transport/transport.js';
import type { LargeRequests } from '../transport/large-requests.js';
import type { BranchMaker } from './branch.js';
import type { SettledQueue } from './settled-queue.js';
import type { TimerValues } from './timer-values.js';
import type { TransactionOutcomes } from './transaction-outcomes.js';

/** The part of the transport that transactions need. */
export type TransactionTransport = Pick<Transport, 'localFor' | 'send'>;

/** Targets of a URI, best first; may throw, reject or be none. */
export type Backup = (uri: string) => readonly Target[] | Promise<readonly Target[]>;

/** Shared by all the transactions of a layer. */
export interface TransactionContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly transport: TransactionTransport;
  readonly branches: BranchMaker;
  /** Where responses may go when their connection is gone and its source takes none (RFC 3263 5). */
  readonly backup?: Backup | undefined;
  readonly settled: SettledQueue;
  readonly reliable: TimerValues;
  readonly unreliable: TimerValues;
  /** Moves what is too large for UDP to TCP; undefined where nothing is moved. */
  readonly largeRequests: LargeRequests | undefined;
  readonly outcomes: TransactionOutcomes;
}
