// How a call ended, in words.
import type { TFunction } from 'i18next';
import type { CallStoryView } from '../../../../board/calls-view.js';

/** @param t of the strings `calls` */
export function outcomeWords(
  t: TFunction,
  { status, reason }: NonNullable<CallStoryView['outcome']>,
): string {
  const words = t(`outcomes.${reason}`, { defaultValue: reason });
  return status === null ? words : `${words} (${status})`;
}
