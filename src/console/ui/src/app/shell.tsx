// Around every page: who is logged in, where one can go, what the keys do.
import { AppShell, Burger, Group, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, useEffect } from 'react';
import { Link, Redirect, Route, Switch, useLocation } from 'wouter';
import { PageBoundary } from './boundary.js';
import { Loading } from './components/loading.js';
import { Mark } from './components/icons.js';
import { NotForYou, NotFound } from './elsewhere.js';
import { useT } from './i18n.js';
import { KeyboardHelp } from './keyboard-help.js';
import { forgetPlace, landingOf } from './landing.js';
import { LinkBanner } from './link-banner.js';
import { Navigation } from './navigation.js';
import { pages } from './pages.js';
import { PersonMenu } from './person-menu.js';
import { Arrival } from './place.js';
import { LanguageMenu, SchemeMenu } from './preferences.js';
import { useSession } from './session.js';
import { ShortcutsProvider, useShortcuts } from './shortcuts.js';

export function Shell() {
  return (
    <ShortcutsProvider>
      <Frame />
    </ShortcutsProvider>
  );
}

function Frame() {
  const { t } = useT('app');
  const [isOpen, menu] = useDisclosure();
  const [hasKeys, keys] = useDisclosure();
  useShortcuts([{ key: '?', label: t('keys.help'), run: keys.open }]);
  return (
    <AppShell
      header={{ height: 48 }}
      navbar={{ width: 208, breakpoint: 'md', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="sm" justify="space-between" wrap="nowrap" gap="xs">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={menu.toggle}
              hiddenFrom="md"
              size="sm"
              aria-label={t('navigation.label')}
              aria-expanded={isOpen}
            />
            <Brand />
          </Group>
          <Group gap={2} wrap="nowrap">
            <LanguageMenu />
            <SchemeMenu />
            <PersonMenu onKeys={keys.open} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" pt="sm" aria-label={t('navigation.label')}>
        <Navigation onGone={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <LinkBanner />
        <Content />
      </AppShell.Main>
      <KeyboardHelp isOpen={hasKeys} onClose={keys.close} />
    </AppShell>
  );
}

function Brand() {
  const { t } = useT('app');
  return (
    <UnstyledButton component={Link} href="/" aria-label={t('home')}>
      <Group gap={8} wrap="nowrap">
        <Mark />
        <Text fw={700} fz="lg" visibleFrom="xs">
          {t('product')}
        </Text>
      </Group>
    </UnstyledButton>
  );
}

function Content() {
  const { t } = useT('app');
  const { role } = useSession();
  const [location] = useLocation();
  return (
    <PageBoundary place={location}>
      <Suspense fallback={<Loading />}>
        <Switch>
          <Route path="/">
            <Landing />
          </Route>
          {pages.map(({ id, path, roles, Content: Page }) => (
            <Route key={id} path={path}>
              {roles.includes(role) ? <Page /> : <NotForYou />}
            </Route>
          ))}
          <NotFound />
        </Switch>
        <Arrival key={location} product={t('product')} />
      </Suspense>
    </PageBoundary>
  );
}

function Landing() {
  const { role } = useSession();
  useEffect(forgetPlace, []);
  return <Redirect to={landingOf(role)} replace />;
}
