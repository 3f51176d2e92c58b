// The disposition code that an event records, by the partner's own codes.
import type { DispositionsSettings } from '../config/index.js';
import type { EventAnswer, GivenEvent } from './contact.js';

export type EventCode =
  | { readonly kind: 'code'; readonly code: string }
  | Extract<EventAnswer, { kind: 'unknown-code' | 'note-required' | 'code-unwanted' }>;

/** Undefined for events that record none. */
export function codeOf(
  { event, code, note }: GivenEvent,
  { codes, ivrCodes }: Pick<DispositionsSettings, 'codes' | 'ivrCodes'>,
): EventCode | undefined {
  if (event !== 'accepted' && event !== 'declined') {
    return code === undefined && note === undefined ? undefined : { kind: 'code-unwanted' };
  }
  const fitting = codes.filter((one) =>
    event === 'accepted'
      ? (one.countsAsAccepted ?? one.outcome === 'accepted')
      : one.outcome === 'declined' && one.countsAsAccepted !== true,
  );
  const wanted = code ?? ivrCodes[event];
  const found = (code === undefined ? codes : fitting).find((one) => one.code === wanted);
  if (found === undefined) return { kind: 'unknown-code', codes: fitting.map((one) => one.code) };
  if (found.requiresNote && (note ?? '').trim() === '') return { kind: 'note-required' };
  return { kind: 'code', code: found.code };
}
