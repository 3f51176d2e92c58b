import { AppError } from '../kernel/index.js';

export type GatewayErrorCode =
  /** The engine refused the shared secret. */
  | 'SIP_ENGINE_SECRET'
  /** Nothing answered at the engine's control port within the start deadline. */
  | 'SIP_ENGINE_UNREACHABLE';

/** Thrown when the link to the SIP engine cannot be set up. */
export class GatewayError extends AppError {
  declare readonly code: GatewayErrorCode;

  constructor(code: GatewayErrorCode, message: string, cause?: unknown) {
    super(code, message, { cause });
  }
}

/** Thrown when the lines that wait for the records database are as many as are allowed to wait. */
export class DecisionLogFullError extends AppError {
  constructor(waitingBytes: number, maxWaitingBytes: number) {
    super(
      'DECISION_LOG_FULL',
      `${waitingBytes} bytes wait for the records database; decisionLog.maxSpoolBytes allows ${maxWaitingBytes}`,
      { fields: { waitingBytes, maxWaitingBytes } },
    );
  }
}
