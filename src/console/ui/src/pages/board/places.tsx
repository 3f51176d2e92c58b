// Centres and trunks: up, down, or not known.
import { Group, Text } from '@mantine/core';
import type { BoardPlace } from '../../../../live/board-state.js';
import { StateBadge } from '../../app/components/state-badge.js';
import { clockText } from '../../app/format.js';
import { useT } from '../../app/i18n.js';
import { Panel } from './panel.js';

export function Places({ places }: { readonly places: readonly BoardPlace[] }) {
  const { t } = useT('board');
  return (
    <Panel title={t('places.title')} about={t('places.about')}>
      <ul className="board-list">
        {places.map((place) => (
          <li key={`${place.kind} ${place.id}`}>
            <Group gap={8}>
              <PlaceState place={place} />
              <span>
                {t(`places.${place.kind}`)} <b>{place.id}</b>
              </span>
            </Group>
            <Text span fz="xs" c="dimmed" className="tabular">
              <PlaceDetail place={place} />
            </Text>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function PlaceState({ place }: { readonly place: BoardPlace }) {
  const { t } = useT('board');
  if (place.isUp === true) return <StateBadge kind="good">{t('places.up')}</StateBadge>;
  if (place.isUp === false) return <StateBadge kind="bad">{t('places.down')}</StateBadge>;
  return (
    <StateBadge kind="idle">{t(place.kind === 'trunk' ? 'places.quiet' : 'places.notKnown')}</StateBadge>
  );
}

function PlaceDetail({ place }: { readonly place: BoardPlace }) {
  const { t } = useT('board');
  const { kind, feed, detail, heardMs } = place;
  if (kind === 'trunk')
    return heardMs === undefined ? t('places.neverHeard') : t('places.heard', { ago: clockText(heardMs) });
  if (feed === undefined || feed === 'none') return t('places.noFeed');
  const words = t('places.feed', { state: t(`feeds.${feed}`, { defaultValue: feed }) });
  return detail === undefined ? words : `${words}: ${detail}`;
}
