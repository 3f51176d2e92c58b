// Places that are no page, or none for the person.
import { Anchor, Text } from '@mantine/core';
import { Link } from 'wouter';
import { PageTitle } from './components/page-title.js';
import { useT } from './i18n.js';

export function NotFound() {
  const { t } = useT('app');
  return (
    <>
      <PageTitle>{t('notFound.title')}</PageTitle>
      <Text mb="sm">{t('notFound.text')}</Text>
      <Home />
    </>
  );
}

export function NotForYou() {
  const { t } = useT('app');
  return (
    <>
      <PageTitle>{t('notForYou.title')}</PageTitle>
      <Text mb="sm">{t('notForYou.text')}</Text>
      <Home />
    </>
  );
}

function Home() {
  const { t } = useT('app');
  return (
    <Anchor component={Link} href="/">
      {t('notFound.home')}
    </Anchor>
  );
}
