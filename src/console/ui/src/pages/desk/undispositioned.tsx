// Offers that this person presented and nobody has said what became of: they wait here, whichever browser they were shown in.
import { Button, Group, Paper, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { OpenOnDesk } from '../../../../desk/desk-view.js';
import { useNow } from '../../app/clock.js';
import { Failure } from '../../app/components/failure.js';
import { Ago } from '../../app/components/figures.js';
import { clockText } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { useOpen } from './desk-data.js';
import { DispositionForm } from './disposition-form.js';
import type { Drafts } from './drafts.js';
import { localTime } from './local-time.js';

export interface UndispositionedProps {
  readonly drafts: Drafts;
  /** On the desk now: their forms stand above. */
  readonly onDesk: readonly string[];
  readonly onShow: (decisionId: string) => void;
  /** `DECISION OFFER` whose form is open here; it has the keys 1 to 9 then. */
  readonly opened: string | undefined;
  readonly onOpen: (key: string | undefined) => void;
}

export const openKey = ({ decisionId, offer }: OpenOnDesk): string => `${decisionId} ${offer}`;

export function Undispositioned({ drafts, onDesk, onShow, opened, onOpen }: UndispositionedProps) {
  const { t } = useT('desk');
  const { data, error, refetch } = useOpen();
  const [stored, say] = useState<string>();
  return (
    <Paper component="section" aria-labelledby="desk-open">
      <Title order={2} id="desk-open" mb="xs">
        {t('open.title', { count: data?.length ?? 0 })}
      </Title>
      {error !== null && data === undefined ? (
        <Failure error={error} title={t('open.failed')} onRetry={() => void refetch()} />
      ) : null}
      {data?.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {t('open.none')}
        </Text>
      ) : null}
      <Text fz="sm" role="status">
        {stored === undefined ? '' : t('open.stored', { offer: stored })}
      </Text>
      <ul className="desk-open">
        {data?.map((one) => (
          <li key={openKey(one)}>
            <Group justify="space-between" gap="sm">
              <div>
                <Text fz="sm" fw={600}>
                  {one.offerName}
                </Text>
                <Text fz="xs" c="dimmed" component="div">
                  {one.queue ?? one.presentation} · <Ended at={one.endedAt} /> <AutoWrap open={one} />
                </Text>
              </div>
              {opened === openKey(one) ? null : (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={t('open.recordOf', { offer: one.offerName })}
                  onClick={() =>
                    onDesk.includes(one.decisionId) ? onShow(one.decisionId) : onOpen(openKey(one))
                  }
                >
                  {t('open.record')}
                </Button>
              )}
            </Group>
            {opened === openKey(one) ? (
              <DispositionForm
                decisionId={one.decisionId}
                offer={one.offer}
                partner={one.partner}
                draft={drafts.of(one.decisionId, one.offer)}
                onDraft={(draft) => drafts.keep(one.decisionId, one.offer, draft)}
                hasKeys
                onStored={() => {
                  drafts.forget(one.decisionId, one.offer);
                  say(one.offerName);
                  onOpen(undefined);
                }}
                onCancel={() => onOpen(undefined)}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </Paper>
  );
}

function Ended({ at }: { readonly at: OpenOnDesk['endedAt'] }) {
  const { t } = useT('desk');
  if (at === null) return t('open.notEnded');
  return (
    <>
      {t('open.ended')} <Ago at={localTime(at)} />
    </>
  );
}

function AutoWrap({ open: { autoWrapAt, autoWrapCode } }: { readonly open: OpenOnDesk }) {
  const { t } = useT('desk');
  const now = useNow();
  if (autoWrapAt === null || autoWrapCode === null) return null;
  const left = localTime(autoWrapAt) - now;
  return (
    <span className="tabular">
      ·{' '}
      {left > 0
        ? t('open.autoWrap', { code: autoWrapCode, time: clockText(left) })
        : t('open.autoWrapDue', { code: autoWrapCode })}
    </span>
  );
}
