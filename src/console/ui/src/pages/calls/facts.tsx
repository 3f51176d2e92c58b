import { Paper } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CallStoryView } from '../../../../board/calls-view.js';
import { useT } from '../../app/i18n.js';
import { useOffset } from './offset.js';
import { outcomeWords } from './outcome-words.js';

/** What the call was, at a glance. */
export function Facts({ story }: { readonly story: CallStoryView }) {
  const { t } = useT('call');
  const { t: words } = useT('calls');
  const offset = useOffset();
  const { contact, decisions, outcome } = story;
  const last = decisions.at(-1);
  const facts: readonly (readonly [string, ReactNode])[] = [
    [t('facts.caller'), contact.caller],
    [t('facts.dialled'), contact.dialled],
    [t('facts.partner'), contact.partner],
    [t('facts.customer'), contact.customer ?? t('facts.unknownCustomer')],
    [t('facts.trunk'), contact.trunk],
    [t('facts.offer'), outcome?.offer ?? last?.offer ?? t('plain')],
    [t('facts.arm'), last === undefined ? null : t(`arms.${last.arm}`, { defaultValue: last.arm })],
    [t('facts.outcome'), outcome === undefined ? t('underWay') : outcomeWords(words, outcome)],
    [t('facts.place'), outcome?.destination],
    [t('facts.after'), outcome === undefined ? null : offset(outcome.durationMs)],
    [t('facts.callId'), contact.callId],
  ];
  return (
    <Paper p="sm">
      <dl className="calls-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="tabular">{value ?? '–'}</dd>
          </div>
        ))}
      </dl>
    </Paper>
  );
}
