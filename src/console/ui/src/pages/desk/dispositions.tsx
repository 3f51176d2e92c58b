// The dispositions of one call: what is stored of each offer, and the form for the one that is at hand.
import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useRef, useState } from 'react';
import type { DeskCall } from '../../../../live/desk-state.js';
import { useFormat } from '../../app/format.js';
import { CheckIcon } from '../../app/components/icons.js';
import { useT } from '../../app/i18n.js';
import type { CallOffer } from './call-offers.js';
import { newest, useCodes, useStored } from './desk-data.js';
import type { StoredDisposition } from './desk-data.js';
import { DispositionForm, emptyDraft } from './disposition-form.js';
import type { Drafts } from './drafts.js';

export interface DispositionsProps {
  readonly call: DeskCall;
  readonly offers: readonly CallOffer[];
  /** The offer that the agent chose last; undefined: the first that has no disposition. */
  readonly chosen: string | undefined;
  readonly onChoose: (offer: string) => void;
  readonly drafts: Drafts;
  readonly hasKeys: boolean;
}

export function Dispositions({ call, offers, chosen, onChoose, drafts, hasKeys }: DispositionsProps) {
  const { t } = useT('desk');
  const { data = [] } = useStored(call);
  const [correcting, correct] = useState<string>();
  const section = useRef<HTMLDivElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const stored = newest(data);
  if (offers.length === 0) return null;
  const open = offers.filter(({ offer }) => !stored.has(offer));
  const now =
    correcting === undefined
      ? (open.find(({ offer }) => offer === chosen) ?? open[0])
      : offers.find(({ offer }) => offer === correcting);
  const name = (code: string) => offers.find(({ offer }) => offer === code)?.name ?? code;
  return (
    <Paper
      ref={section}
      component="section"
      className="desk-disposition"
      aria-labelledby="desk-disposition-title"
    >
      <Title order={2} id="desk-disposition-title" mb="xs" tabIndex={-1} ref={heading}>
        {t('disposition.title')}
      </Title>
      <div role="status" className="desk-stored-list">
        {[...stored.values()].map((one) => (
          <Stored
            key={one.offer}
            stored={one}
            name={name(one.offer)}
            partner={call.partner}
            onCorrect={
              correcting === one.offer
                ? undefined
                : () => {
                    drafts.keep(call.decisionId, one.offer, { ...emptyDraft, note: one.note ?? '' });
                    correct(one.offer);
                  }
            }
          />
        ))}
      </div>
      {now === undefined ? null : call.state === 'ringing' ? (
        <Text fz="sm" c="dimmed">
          {t('disposition.ringing')}
        </Text>
      ) : (
        <Stack gap="sm">
          <WhichOffer offers={open} now={now} isCorrection={correcting !== undefined} onChoose={onChoose} />
          <DispositionForm
            key={`${call.decisionId} ${now.offer} ${correcting ?? ''}`}
            decisionId={call.decisionId}
            offer={now.offer}
            partner={call.partner}
            agent={`${call.centre}/${call.agent}`}
            draft={drafts.of(call.decisionId, now.offer)}
            onDraft={(draft) => drafts.keep(call.decisionId, now.offer, draft)}
            hasKeys={hasKeys}
            onStored={() => {
              drafts.forget(call.decisionId, now.offer);
              correct(undefined);
              // The form goes; whoever was in it goes on from the heading.
              if (section.current?.contains(document.activeElement) === true) heading.current?.focus();
            }}
            {...(correcting === undefined ? {} : { isCorrection: true, onCancel: () => correct(undefined) })}
          />
        </Stack>
      )}
    </Paper>
  );
}

interface WhichOfferProps {
  readonly offers: readonly CallOffer[];
  readonly now: CallOffer;
  readonly isCorrection: boolean;
  readonly onChoose: (offer: string) => void;
}

function WhichOffer({ offers, now, isCorrection, onChoose }: WhichOfferProps) {
  const { t } = useT('desk');
  if (isCorrection || offers.length < 2) {
    return (
      <Text fz="sm">
        {t(isCorrection ? 'disposition.correcting' : 'disposition.of', { offer: now.name })}
      </Text>
    );
  }
  return (
    <Group gap="xs" role="group" aria-label={t('disposition.which')}>
      {offers.map(({ offer, name }) => (
        <Button
          key={offer}
          size="compact-sm"
          variant={offer === now.offer ? 'light' : 'default'}
          aria-pressed={offer === now.offer}
          onClick={() => onChoose(offer)}
        >
          {name}
        </Button>
      ))}
    </Group>
  );
}

interface StoredProps {
  readonly stored: StoredDisposition;
  readonly name: string;
  readonly partner: string;
  readonly onCorrect: (() => void) | undefined;
}

export function Stored({ stored, name, partner, onCorrect }: StoredProps) {
  const { t } = useT('desk');
  const { time, dateTime } = useFormat();
  const { data: codes = [] } = useCodes(partner);
  const { code, revision, note, callbackAt, recordedAt, source } = stored;
  const word = codes.find((one) => one.code === code)?.name ?? code;
  return (
    <Group justify="space-between" align="flex-start" wrap="nowrap" className="desk-stored" gap="sm">
      <div>
        <Text fz="sm" fw={600}>
          <CheckIcon size={14} /> {t('stored.is', { offer: name, code: word })}
        </Text>
        <Text fz="xs" c="dimmed" className="tabular">
          {t(source === 'auto' ? 'stored.byItself' : 'stored.when', { time: time(recordedAt), revision })}
        </Text>
        {callbackAt === undefined ? null : (
          <Text fz="sm">{t('stored.callback', { time: dateTime(callbackAt) })}</Text>
        )}
        {note === undefined || note === '' ? null : <Text fz="sm">{t('stored.note', { note })}</Text>}
      </div>
      {onCorrect === undefined ? null : (
        <Button
          size="xs"
          variant="default"
          onClick={onCorrect}
          aria-label={t('stored.correctOf', { offer: name })}
        >
          {t('stored.correct')}
        </Button>
      )}
    </Group>
  );
}
