// What else the caller may be offered, best first, with the reasons in words.
import { Button, Group, Paper, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { OfferForCaller } from '../../../../desk/desk-view.js';
import type { DeskCall } from '../../../../live/desk-state.js';
import { api } from '../../app/api.js';
import { Failure, useErrorText } from '../../app/components/failure.js';
import { Loading } from '../../app/components/loading.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { useOtherOffers } from './desk-data.js';

export interface OtherOffersProps {
  readonly call: DeskCall;
  readonly isLive: boolean;
  /** Already at hand. */
  readonly taken: readonly string[];
  readonly onPresent: (offer: string) => void;
}

export function OtherOffers({ call, isLive, taken, onPresent }: OtherOffersProps) {
  const { t } = useT('desk');
  const { data, error, refetch } = useOtherOffers(call, call.state !== 'over');
  const text = useErrorText();
  const present = useMutation({
    mutationFn: (offer: string) =>
      api('POST', `/desk/calls/${encodeURIComponent(call.decisionId)}/presented`, { offer }),
    onSuccess: (_answer, offer) => onPresent(offer),
  });
  if (call.state === 'over') return null;
  const others = data?.filter(({ offer }) => !taken.includes(offer));
  return (
    <Paper component="section" aria-labelledby="desk-others">
      <Title order={2} id="desk-others" mb="xs">
        {t('others.title')}
      </Title>
      {others === undefined ? (
        error === null ? (
          <Loading what={t('others.what')} />
        ) : (
          <Failure error={error} title={t('others.failed')} onRetry={() => void refetch()} />
        )
      ) : others.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {t('others.none')}
        </Text>
      ) : (
        <ol className="desk-others">
          {others.map((one) => (
            <Other
              key={one.offer}
              other={one}
              isPossible={isLive && call.state === 'talking'}
              isBusy={present.isPending && present.variables === one.offer}
              onPresent={() => present.mutate(one.offer)}
            />
          ))}
        </ol>
      )}
      {present.error === null ? null : (
        <Text fz="sm" c="red" role="alert" mt="xs">
          {t('others.notPresented', { message: text(present.error) })}
        </Text>
      )}
    </Paper>
  );
}

interface OtherProps {
  readonly other: OfferForCaller;
  readonly isPossible: boolean;
  readonly isBusy: boolean;
  readonly onPresent: () => void;
}

function Other({
  other: { name, kind, expectedValue, propensity, reasons, isAllowed, notNow },
  ...props
}: OtherProps) {
  const { t } = useT('desk');
  const { percent, money } = useFormat();
  return (
    <li>
      <div>
        <Group gap={8}>
          <Text fw={600} fz="sm">
            {name}
          </Text>
          {kind === 'service' ? <StateBadge kind="warning">{t('panel.service')}</StateBadge> : null}
        </Group>
        {reasons.length === 0 ? null : <Text fz="sm">{reasons.join(' · ')}</Text>}
        {notNow === null ? null : (
          <Text fz="sm" fw={600}>
            {t('others.notNow', { why: notNow })}
          </Text>
        )}
        {propensity === null || expectedValue === null ? null : (
          <Text fz="xs" c="dimmed" className="tabular">
            {t('others.figures', { likelihood: percent(propensity), value: money(expectedValue) })}
          </Text>
        )}
      </div>
      {isAllowed ? (
        <Button
          size="xs"
          variant="default"
          loading={props.isBusy}
          disabled={!props.isPossible}
          aria-label={t('others.presentOf', { offer: name })}
          onClick={props.onPresent}
        >
          {t('others.present')}
        </Button>
      ) : null}
    </li>
  );
}
