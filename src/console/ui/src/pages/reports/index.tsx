// Reports: what became of offers, what agents did, what partners used, what offering brings; models and rankings.
import { Tabs } from '@mantine/core';
import { useLocation, useSearch } from 'wouter';
import { PageTitle } from '../../app/components/page-title.js';
import { useT } from '../../app/i18n.js';
import { Agents } from './agents.js';
import { Arms } from './arms.js';
import { Models } from './models.js';
import { Offers } from './offers.js';
import { Partners } from './partners.js';
import { PeriodPicker } from './period-picker.js';
import { periodOf } from './period.js';
import { Rankings } from './rankings.js';

const tabs = { offers: Offers, agents: Agents, partners: Partners, arms: Arms } as const;
const periodTabs = Object.keys(tabs) as (keyof typeof tabs)[];
const all = [...periodTabs, 'models', 'rankings'] as const;

export default function Page() {
  const { t } = useT('reports');
  const search = useSearch();
  const [path, go] = useLocation();
  const given = new URLSearchParams(search);
  const tab = all.find((one) => one === given.get('tab')) ?? 'offers';
  const period = periodOf(given);
  const open = (changes: Readonly<Record<string, string>>) => {
    const next = new URLSearchParams(search);
    for (const [key, value] of Object.entries(changes)) {
      if (value === '') next.delete(key);
      else next.set(key, value);
    }
    go(`${path}?${next.toString()}`, { replace: true });
  };
  return (
    <>
      <PageTitle about={t('about')}>{t('title')}</PageTitle>
      <Tabs value={tab} onChange={(value) => open({ tab: value ?? '' })} keepMounted={false}>
        <Tabs.List aria-label={t('tabs.label')} mb="md">
          {all.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`tabs.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {periodTabs.map((one) => {
          const Report = tabs[one];
          return (
            <Tabs.Panel key={one} value={one}>
              <PeriodPicker period={period} onChange={open} />
              <Report period={period} />
            </Tabs.Panel>
          );
        })}
        <Tabs.Panel value="models">
          <Models chosen={given.get('model') ?? undefined} onChoose={(model) => open({ model })} />
        </Tabs.Panel>
        <Tabs.Panel value="rankings">
          <Rankings chosen={given.get('run') ?? undefined} onChoose={(run) => open({ run })} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
