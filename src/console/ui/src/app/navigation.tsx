// Where one can go: the pages of the person's role, in groups.
import { NavLink, Stack, Text } from '@mantine/core';
import type { ComponentType } from 'react';
import { Link, useLocation } from 'wouter';
import {
  BoardIcon,
  CallsIcon,
  DeskIcon,
  GenerationsIcon,
  PagesIcon,
  PeopleIcon,
  ReportsIcon,
  SettingsIcon,
  SwitchesIcon,
  TryIcon,
} from './components/icons.js';
import type { IconProps } from './components/icons.js';
import { useT } from './i18n.js';
import { pages } from './pages.js';
import type { Page } from './pages.js';
import { useSession } from './session.js';

const icons: Readonly<Record<string, ComponentType<IconProps>>> = {
  desk: DeskIcon,
  board: BoardIcon,
  calls: CallsIcon,
  reports: ReportsIcon,
  generations: GenerationsIcon,
  'try-call': TryIcon,
  switches: SwitchesIcon,
  settings: SettingsIcon,
  'offer-pages': PagesIcon,
  people: PeopleIcon,
};

const groups = ['work', 'analysis', 'administration'] as const;

export interface NavigationProps {
  /** After a link was followed. */
  readonly onGone: () => void;
}

export function Navigation({ onGone }: NavigationProps) {
  const { t } = useT('app');
  const { role } = useSession();
  const mine = pages.filter(({ isInNavigation, roles }) => isInNavigation && roles.includes(role));
  return (
    <Stack gap="md" className="navigation">
      {groups.map((group) => {
        const inGroup = mine.filter((page) => page.group === group);
        if (inGroup.length === 0) return null;
        return (
          <div key={group} role="group" aria-labelledby={`navigation-${group}`}>
            <Text id={`navigation-${group}`} fz="xs" fw={600} c="dimmed" px="sm" pb={4}>
              {t(`navigation.${group}`)}
            </Text>
            {inGroup.map((page) => (
              <Place key={page.id} page={page} onGone={onGone} />
            ))}
          </div>
        );
      })}
    </Stack>
  );
}

/** `/settings` of `/settings/*?`. */
const rootOf = (path: string) => path.replace(/\/\*\??$/, '');

function Place({ page, onGone }: { readonly page: Page; readonly onGone: () => void }) {
  const { t } = useT('app');
  const [location] = useLocation();
  const href = rootOf(page.path);
  const isHere = location === href || location.startsWith(`${href}/`);
  const Icon = icons[page.id];
  return (
    <NavLink
      component={Link}
      href={href}
      label={t(`pages.${page.id}`)}
      leftSection={Icon === undefined ? null : <Icon />}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      onClick={onGone}
      py={6}
    />
  );
}
