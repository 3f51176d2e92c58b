// What every transaction is given by the layer, and what it asks of the transport below.
import type { Clock, Logger } from '../../kernel/index.js';
import type { Transport } from '../transport/transport.js';
import type { BranchMaker } from './branch.js';
import type { TimerValues } from './timer-values.js';

/** The part of the transport that transactions need. */
export type TransactionTransport = Pick<Transport, 'localFor' | 'send'>;

/** Shared by all the transactions of a layer. */
export interface TransactionContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly transport: TransactionTransport;
  readonly branches: BranchMaker;
  readonly reliable: TimerValues;
  readonly unreliable: TimerValues;
}
