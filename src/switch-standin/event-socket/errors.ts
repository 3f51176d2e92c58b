// Errors of the event socket of the stand-in centre.
import { AppError } from '../../kernel/index.js';

/** Thrown when the event socket cannot listen where it is told to; EVENT_SOCKET_NOT_LISTENING. */
export class EventSocketError extends AppError {
  constructor(address: string, cause: unknown) {
    super('EVENT_SOCKET_NOT_LISTENING', `the event socket cannot listen on ${address}`, {
      cause,
      fields: { address },
    });
  }
}
