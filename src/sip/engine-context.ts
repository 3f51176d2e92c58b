// What the two cores of the engine, server and client, share.
import type { Clock, Logger } from '../kernel/index.js';
import type { DialogStore } from './dialog/dialog-store.js';
import type { Drain } from './drain.js';
import type { EngineCounters } from './engine-counters.js';
import type { EngineLimits } from './engine-limits.js';
import type { EngineUser } from './engine-user.js';
import type { TransactionLayer } from './transaction/transaction-layer.js';
import type { BaseTimers } from './transaction/timer-values.js';
import type { SipResolver } from './transport/resolver/index.js';
import type { Flow, Transport } from './transport/transport.js';

export interface EngineContext {
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: EngineLimits;
  readonly timers: BaseTimers;
  readonly transport: Transport;
  readonly resolver: SipResolver;
  readonly transactions: TransactionLayer;
  readonly dialogs: DialogStore;
  readonly counters: EngineCounters;
  readonly drain: Drain;
  readonly user: EngineUser;
  /** Sources whose requests inside any dialog are taken: the other addresses of a trunk. */
  readonly isTrusted?: ((origin: Pick<Flow, 'protocol' | 'remoteAddress'>) => boolean) | undefined;
  /** In place of `limits.tryingDelayMs`, for the INVITEs of one source. */
  readonly tryingDelayMs?: ((flow: Flow) => number) | undefined;
}
