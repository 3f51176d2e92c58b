// Logging: pino with personal data masked. The message is a fixed lower-case phrase; data goes in fields.
import { pino } from 'pino';
import type { Logger } from 'pino';

export type { Logger } from 'pino';
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

export interface LogOptions {
  readonly level: LogLevel;
  /** Write phone and account numbers unmasked. */
  readonly personalData: boolean;
  /** Where lines go; default standard error, so that standard output is the command's own. */
  readonly destination?: NodeJS.WritableStream;
}

/** Fields that hold a phone or account number; whoever logs one uses one of these names. */
const personalFields = ['from', 'to', 'caller', 'phone', 'accountNumber', 'customer', 'digits'] as const;

/** Keeps the last two characters: `+15550100001` becomes `**********01`. */
export function mask(value: string): string {
  return value.length <= 4 ? '*'.repeat(value.length) : '*'.repeat(value.length - 2) + value.slice(-2);
}

export function createLogger(options: LogOptions): Logger {
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      ...(options.personalData
        ? {}
        : { redact: { paths: [...personalFields], censor: (value: unknown) => mask(String(value)) } }),
    },
    options.destination ?? pino.destination({ dest: 2, sync: false }),
  );
}

/** A logger that writes nothing, for tests and for parts that were given none. */
export const silentLogger: Logger = pino({ level: 'silent' });
