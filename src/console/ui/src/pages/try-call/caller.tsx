// What is known of the caller: identity, look-up, strategy with what is withheld.
import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import type { TryCallView } from '../../../../try-call/try-call-view.js';
import { useFormat } from '../../app/format.js';
import { useT } from '../../app/i18n.js';

type Lookup = NonNullable<TryCallView['record']['lookup']>;

function strategyOf(lookup: Lookup | undefined) {
  const told = lookup?.kind === 'stale' ? lookup.lookup : lookup;
  return told?.kind === 'hit' ? told.strategy : undefined;
}

export function Caller({ call }: { readonly call: TryCallView }) {
  const { t } = useT('try-call');
  const { date, percent, money } = useFormat();
  const { identity } = call;
  const strategy = strategyOf(call.record.lookup);
  const flags = Object.entries(strategy?.flags ?? {}).filter(([, isSet]) => isSet);
  const facts: readonly (readonly [string, string])[] = [
    [
      t('caller.number'),
      identity.kind === 'number'
        ? t('caller.by', { phone: identity.phone, source: identity.source })
        : t(`caller.${identity.kind}`),
    ],
    ...(identity.kind === 'number'
      ? [[t('caller.confidence'), t(`confidence.${identity.confidence}`)] as const]
      : []),
    [t('caller.customer'), call.record.customer ?? t('caller.nobody')],
    [t('caller.lookUp'), call.store],
    ...(call.record.generation === undefined
      ? []
      : [[t('caller.generation'), String(call.record.generation)] as const]),
  ];
  return (
    <section aria-label={t('caller.title')}>
      <Title order={2} mb="xs">
        {t('caller.title')}
      </Title>
      <dl className="try-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {flags.length === 0 ? null : (
        <Group gap={6} mt="xs">
          {flags.map(([flag]) => (
            <Badge key={flag} variant="light" color="yellow">
              {t(`flags.${flag}`)}
            </Badge>
          ))}
        </Group>
      )}
      {strategy === undefined ? null : (
        <Stack gap={2} mt="sm">
          <Title order={3}>{t('caller.ranked')}</Title>
          {strategy.offers.length === 0 ? (
            <Text fz="sm" c="dimmed">
              {t('caller.noOffers')}
            </Text>
          ) : (
            <ol className="try-ranked">
              {strategy.offers.map((one) => (
                <li key={one.offerCode} className="tabular">
                  {t('caller.offer', {
                    offer: one.offerCode,
                    propensity: percent(one.propensity),
                    value: money(one.value),
                  })}
                </li>
              ))}
            </ol>
          )}
          {(strategy.suppressed ?? []).map((one) => (
            <Text key={one.offerCode} fz="sm" c="dimmed">
              {t('caller.suppressed', {
                offer: one.offerCode,
                reason: t(`suppressed.${one.reason}`),
                until: one.until > 8e15 ? t('caller.always') : date(one.until),
              })}
            </Text>
          ))}
        </Stack>
      )}
    </section>
  );
}
