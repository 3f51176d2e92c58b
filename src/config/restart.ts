// Settings that a running process cannot take over.
import { isDeepStrictEqual } from 'node:util';
import { childOf } from './field-path.js';
import type { Settings } from './settings.js';

/**
 * What parts were built from at start: sockets, connections, files. Everything else is taken over while calls run; of `log`,
 * personalData changes decision records and the line a call at once, and log lines at the next start.
 */
export const restartFields = [
  'sip.engine',
  'sip.listen',
  'sip.tls',
  'sip.dns',
  'sip.largeRequestsOverTcp',
  'sip.drachtio',
  'sip.watchdogIntervalMs',
  'sip.limits',
  'sip.spammers',
  'sip.trace',
  'routing.storeDeadlineMs',
  'reservations',
  'ivr',
  'strategyStore',
  'decisionLog',
  'records',
  'http',
  'log',
  'demo',
] as const;

/** Whether a change of this field of proffer.yaml, such as `http.port`, waits for the next start. */
export function needsRestart(field: string): boolean {
  return restartFields.some((one) => field === one || field.startsWith(`${one}.`));
}

/** The fields of proffer.yaml that differ and wait for the next start, such as `sip.listen`. */
export function fieldsNeedingRestart(before: Settings, after: Settings): readonly string[] {
  const valueOf = (settings: Settings, field: string): unknown =>
    field.split('.').reduce<unknown>((here, key) => childOf(here, key), settings.process);
  return restartFields.filter((one) => !isDeepStrictEqual(valueOf(before, one), valueOf(after, one)));
}
