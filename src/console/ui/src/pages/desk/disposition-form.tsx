// What became of an offer: a code by button or key, with a note and a time where the code wants them. The same body goes again after a
// network failure, which the router takes for what it is; what was recorded is shown as it was stored.
import { Button, Group, Kbd, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useRef } from 'react';
import { api, ApiError } from '../../app/api.js';
import { Failure, useErrorText } from '../../app/components/failure.js';
import { Loading } from '../../app/components/loading.js';
import { useT } from '../../app/i18n.js';
import { useShortcuts } from '../../app/shortcuts.js';
import { useCodes, useKeepStored } from './desk-data.js';
import type { DispositionCode, StoredDisposition } from './desk-data.js';

export interface Draft {
  /** Chosen, and something that goes with it is still to come. */
  readonly code?: string | undefined;
  readonly note: string;
  /** As the field has it: local time without a zone. */
  readonly callbackAt: string;
}

export const emptyDraft: Draft = { note: '', callbackAt: '' };

export interface DispositionFormProps {
  readonly decisionId: string;
  readonly offer: string;
  readonly partner: string;
  /** `centre/agent` who had the call; undefined: whoever had it. */
  readonly agent?: string | undefined;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  /** Replaces what is stored. */
  readonly isCorrection?: boolean;
  /** The keys 1 to 9 are for this form. */
  readonly hasKeys: boolean;
  readonly onStored?: (stored: StoredDisposition) => void;
  readonly onCancel?: () => void;
}

interface Said {
  readonly code: string;
  readonly note?: string;
  readonly callbackAt?: string;
}

const maxRetries = 4;

/** Nobody knows whether it arrived. */
const isUnanswered = (error: Error): boolean =>
  error instanceof ApiError && (error.status === 0 || error.status === 503);

function useRecord({ decisionId, offer, agent, isCorrection = false, onStored }: DispositionFormProps) {
  const keep = useKeepStored();
  return useMutation({
    mutationFn: async (said: Said) => {
      const who = agent === undefined ? {} : { agent };
      const answer = isCorrection
        ? api('PUT', `/dispositions/${encodeURIComponent(decisionId)}/${encodeURIComponent(offer)}`, {
            ...said,
            ...who,
          })
        : api('POST', '/dispositions', { decisionId, offer, ...said, ...who });
      return ((await answer) as { disposition: StoredDisposition }).disposition;
    },
    retry: (failures, error) => isUnanswered(error) && failures < maxRetries,
    retryDelay: (failures) => Math.min(1000 * 2 ** failures, 8000),
    networkMode: 'always',
    onSuccess: (stored) => {
      keep(stored);
      onStored?.(stored);
    },
    onError: (error) => {
      const known =
        error instanceof ApiError
          ? (error.body as { disposition?: StoredDisposition } | undefined)
          : undefined;
      if (known?.disposition !== undefined) keep(known.disposition);
    },
  });
}

export function DispositionForm(props: DispositionFormProps) {
  const { t } = useT('desk');
  const { partner, draft, onDraft, hasKeys, isCorrection = false } = props;
  const codes = useCodes(partner);
  const record = useRecord(props);
  const note = useRef<HTMLTextAreaElement>(null);
  const callback = useRef<HTMLInputElement>(null);
  const chosen = codes.data?.find(({ code }) => code === draft.code);
  const send = (code: DispositionCode, what: Draft) => record.mutate(saidOf(code, what));
  const choose = (code: DispositionCode) => {
    if (record.isPending) return;
    if (isWhole(code, draft)) {
      onDraft({ ...draft, code: undefined });
      send(code, draft);
    } else {
      onDraft({ ...draft, code: code.code });
    }
  };
  // Where the cursor goes: to what the chosen code wants.
  useEffect(() => {
    if (chosen?.outcome === 'callback') callback.current?.focus();
    else if (chosen?.requiresNote === true) note.current?.focus();
  }, [chosen]);
  const list = codes.data ?? [];
  useShortcuts(
    hasKeys
      ? list.slice(0, 9).map((code, place) => ({
          key: String(place + 1),
          label: t('disposition.key', { code: code.name }),
          run: () => choose(code),
        }))
      : [],
  );
  if (codes.data === undefined) {
    return codes.error === null ? (
      <Loading what={t('disposition.codes')} />
    ) : (
      <Failure error={codes.error} title={t('disposition.noCodes')} onRetry={() => void codes.refetch()} />
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen !== undefined && !record.isPending) send(chosen, draft);
      }}
    >
      <Stack gap="sm">
        <CodeButtons
          codes={list}
          chosen={chosen?.code}
          isBusy={record.isPending}
          hasKeys={hasKeys}
          onChoose={choose}
        />
        {chosen?.outcome === 'callback' ? (
          <TextInput
            ref={callback}
            type="datetime-local"
            label={t('disposition.callbackAt')}
            description={t('disposition.callbackHint')}
            required
            size="sm"
            value={draft.callbackAt}
            onChange={({ currentTarget: { value } }) => onDraft({ ...draft, callbackAt: value })}
          />
        ) : null}
        <Textarea
          ref={note}
          label={t(chosen?.requiresNote === true ? 'disposition.noteRequired' : 'disposition.note')}
          required={chosen?.requiresNote === true}
          autosize
          minRows={1}
          maxRows={6}
          maxLength={4000}
          size="sm"
          value={draft.note}
          onChange={({ currentTarget: { value } }) => onDraft({ ...draft, note: value })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
              event.currentTarget.form?.requestSubmit();
          }}
        />
        {chosen === undefined && props.onCancel === undefined ? null : (
          <Group gap="xs">
            {chosen === undefined ? null : (
              <Button type="submit" size="sm" loading={record.isPending}>
                {t(isCorrection ? 'disposition.correctAs' : 'disposition.storeAs', { code: chosen.name })}
              </Button>
            )}
            {props.onCancel === undefined ? null : (
              <Button variant="default" size="sm" onClick={props.onCancel}>
                {t('disposition.cancel')}
              </Button>
            )}
          </Group>
        )}
        <Outcome record={record} codes={list} onAgain={record.mutate} />
      </Stack>
    </form>
  );
}

interface CodeButtonsProps {
  readonly codes: readonly DispositionCode[];
  readonly chosen: string | undefined;
  readonly isBusy: boolean;
  readonly hasKeys: boolean;
  readonly onChoose: (code: DispositionCode) => void;
}

function CodeButtons({ codes, chosen, isBusy, hasKeys, onChoose }: CodeButtonsProps) {
  const { t } = useT('desk');
  return (
    <div role="group" aria-label={t('disposition.codesLabel')} className="desk-codes">
      {codes.map((code, place) => (
        <Button
          key={code.code}
          size="sm"
          variant={chosen === code.code ? 'light' : 'default'}
          justify="flex-start"
          aria-pressed={chosen === code.code}
          aria-disabled={isBusy}
          aria-keyshortcuts={hasKeys && place < 9 ? String(place + 1) : undefined}
          leftSection={hasKeys && place < 9 ? <Kbd aria-hidden>{place + 1}</Kbd> : undefined}
          onClick={() => onChoose(code)}
        >
          {code.name}
        </Button>
      ))}
    </div>
  );
}

interface OutcomeProps {
  readonly record: ReturnType<typeof useRecord>;
  readonly codes: readonly DispositionCode[];
  readonly onAgain: (said: Said) => void;
}

/** What is being stored, or why it is not. */
function Outcome({ record, codes, onAgain }: OutcomeProps) {
  const { t } = useT('desk');
  const text = useErrorText();
  const id = useId();
  const { variables: said, error, isPending, failureReason } = record;
  const name = codes.find(({ code }) => code === said?.code)?.name ?? said?.code;
  const isLost = error !== null && isUnanswered(error);
  return (
    <Stack gap={4} role="status" id={id}>
      {isPending ? (
        <Text fz="sm">
          {failureReason !== null
            ? t('disposition.again', { code: name, message: text(failureReason) })
            : t('disposition.storing', { code: name })}
        </Text>
      ) : null}
      {error === null ? null : (
        <>
          <Text fz="sm" c="red" fw={600}>
            {t('disposition.notStored', { code: name })}
          </Text>
          <Text fz="sm" c="red">
            {error instanceof ApiError
              ? t(`refusals.${error.code}`, { defaultValue: text(error) })
              : text(error)}
          </Text>
          {isLost ? (
            <Group>
              <Button size="xs" variant="default" onClick={() => onAgain(said)}>
                {t('disposition.tryAgain')}
              </Button>
            </Group>
          ) : null}
        </>
      )}
    </Stack>
  );
}

function isWhole(code: DispositionCode, { note, callbackAt }: Draft): boolean {
  return (!code.requiresNote || note.trim() !== '') && (code.outcome !== 'callback' || callbackAt !== '');
}

function saidOf({ code, outcome }: DispositionCode, { note, callbackAt }: Draft): Said {
  const at = new Date(callbackAt);
  return {
    code,
    ...(note.trim() === '' ? {} : { note: note.trim() }),
    ...(outcome === 'callback' && !Number.isNaN(at.getTime()) ? { callbackAt: at.toISOString() } : {}),
  };
}
