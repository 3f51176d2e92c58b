// Errors for broken promises. An expected outcome (busy, a miss, a refused offer) is a value, never one of these.

export interface AppErrorOptions {
  readonly cause?: unknown;
  /** Typed data for logs and for the edge; never personal data. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Base of every error that we throw. Match on `code`, which is stable; the message is for people. */
export class AppError extends Error {
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.fields = options.fields ?? {};
  }
}

/** The message of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The `code` of anything that was thrown (ours, or Node's such as `EADDRINUSE`), or undefined. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
