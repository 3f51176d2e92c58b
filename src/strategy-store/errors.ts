// Errors of the strategy store. A miss and a failed look-up are values (StrategyLookup); these are for opening and loading.
import { AppError } from '../kernel/index.js';

/** Thrown when the store cannot be opened: an unwritable directory, an unusable REDIS_URL. */
export class StoreOpenError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('STRATEGY_STORE_OPEN', message, { cause });
  }
}

/** Thrown by a writer that cannot reach the store, or whose command the store did not answer in time. */
export class StoreUnavailableError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('STRATEGY_STORE_UNAVAILABLE', message, { cause });
  }
}

/** Thrown when the store has no room for a new generation; the old one keeps serving. */
export class StoreFullError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('STRATEGY_STORE_FULL', message, { cause });
  }
}

/** Thrown when another load, swap or drop of the same partner is under way. */
export class LoadInProgressError extends AppError {
  constructor(partner: string, owner: string, expiresInMs: number) {
    super(
      'STRATEGY_LOAD_IN_PROGRESS',
      `another load of ${partner} is under way (${owner}); its lock expires in ${Math.ceil(expiresInMs / 1000)} s unless it is still running`,
      { fields: { partner, owner, expiresInMs } },
    );
  }
}

/** Thrown when a load, swap or drop lost its lock to another one (it was paused for longer than the lock lasts). */
export class LoadLockLostError extends AppError {
  constructor(partner: string) {
    super(
      'STRATEGY_LOAD_LOCK_LOST',
      `the load of ${partner} lost its lock to another load and was not published`,
      {
        fields: { partner },
      },
    );
  }
}

/** Thrown when there is no strategy to publish; the old generation keeps serving. */
export class NothingToPublishError extends AppError {
  constructor(partner: string) {
    super('STRATEGY_NOTHING_TO_PUBLISH', `no strategy of ${partner} to publish`, { fields: { partner } });
  }
}

/** Thrown when the store holds another count of records than were written to it; what was current keeps serving. */
export class IncompleteGenerationError extends AppError {
  constructor(partner: string, written: number, stored: number) {
    super(
      'STRATEGY_GENERATION_INCOMPLETE',
      `the store has ${stored} of ${written} records of ${partner}; is it set to evict keys?`,
      { fields: { partner, written, stored } },
    );
  }
}

/** Thrown when the store gives back other records than were written to it; the generation that was current still serves. */
export class DamagedGenerationError extends AppError {
  constructor(partner: string, generation: number, problem: string) {
    super(
      'STRATEGY_GENERATION_DAMAGED',
      `generation ${generation} of ${partner} cannot be read back as it was written: ${problem}`,
      { fields: { partner, generation } },
    );
  }
}

/** Thrown when a generation that is named cannot be swapped in or dropped: it is not there, not the partner's, or in use. */
export class GenerationStateError extends AppError {
  constructor(partner: string, generation: number, problem: string) {
    super('STRATEGY_GENERATION_STATE', `generation ${generation} ${problem}`, {
      fields: { partner, generation },
    });
  }
}

/** Thrown when columns do not fit together: a mistake of the program that made them. */
export class BatchShapeError extends AppError {
  constructor(column: string, problem: string) {
    super('STRATEGY_BATCH_SHAPE', `batch of strategies: ${column} ${problem}`, { fields: { column } });
  }
}

/** Thrown when a publication is begun with options that cannot be kept. */
export class PublicationOptionsError extends AppError {
  constructor(option: string, problem: string) {
    super('STRATEGY_PUBLICATION_OPTIONS', `${option} ${problem}`, { fields: { option } });
  }
}
