// Who may log in and as what, the keys of partners' systems, and who did what.
import { Tabs } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { PageTitle } from '../../app/components/page-title.js';
import { useT } from '../../app/i18n.js';
import { AuditTab } from './audit-tab.js';
import { KeysTab } from './keys-tab.js';
import { PeopleTab } from './people-tab.js';

const tabs = { people: PeopleTab, keys: KeysTab, audit: AuditTab } as const;

export default function Page() {
  const { t } = useT('people');
  const [params, setParams] = useSearchParams();
  const wanted = params.get('tab') ?? '';
  return (
    <>
      <PageTitle about={t('about')}>{t('title')}</PageTitle>
      <Tabs
        value={wanted in tabs ? wanted : 'people'}
        onChange={(tab) => setParams(tab === null || tab === 'people' ? {} : { tab })}
        keepMounted={false}
      >
        <Tabs.List>
          {Object.keys(tabs).map((tab) => (
            <Tabs.Tab key={tab} value={tab}>
              {t(`tabs.${tab}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {Object.entries(tabs).map(([tab, Content]) => (
          <Tabs.Panel key={tab} value={tab} pt="md">
            <Content />
          </Tabs.Panel>
        ))}
      </Tabs>
    </>
  );
}
