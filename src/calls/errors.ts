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
