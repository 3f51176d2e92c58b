// Settings: the sections beside each other, the form of the one that is chosen, its file as it stands.
import { Alert, Loader, NavLink, Select, Title } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link, useLocation, useRoute } from 'wouter';
import type { SettingsView } from '../../../../settings/settings-view.js';
import { api } from '../../app/api.js';
import { useT } from '../../app/i18n.js';
import { useLive } from '../../app/live.js';
import { useDrafts } from './drafts.js';
import { FileEditor } from './file-editor.js';
import { History } from './history.js';
import { otherSections, sections } from './sections.js';
import './settings.css';
import { Switches } from './switches.js';

export default function Page() {
  const { t } = useT('settings');
  const [, params] = useRoute('/settings/:section');
  const chosen = params?.section ?? 'queues';
  const { data, error } = useSettings();
  useEffect(() => {
    document.title = `${t('title')} – Proffer`;
  }, [t]);
  return (
    <div className="settings-page">
      <Title order={1} size="h2" mb="md">
        {t('title')}
      </Title>
      {data !== undefined && data.problems.length > 0 ? (
        <Alert color="red" title={t('brokenFiles')} mb="md">
          {data.problems.slice(0, 5).map((one) => (
            <div key={`${one.file}${one.line}${one.message}`}>
              {one.file}:{one.line} {one.field}: {one.message}
            </div>
          ))}
        </Alert>
      ) : null}
      <div className="settings-layout">
        <Sections chosen={chosen} />
        <section aria-label={t(`sections.${chosen}`)}>
          {error === null ? null : (
            <Alert color="red" title={t('notLoaded')} mb="md">
              {error.message}
            </Alert>
          )}
          <Content chosen={chosen} data={data} />
        </section>
      </div>
    </div>
  );
}

function Content({ chosen, data }: { readonly chosen: string; readonly data: SettingsView | undefined }) {
  const { t } = useT('settings');
  if (chosen === 'switches') return <Switches />;
  if (chosen === 'history') return <History />;
  const section = sections.find((one) => one.id === chosen);
  if (section === undefined) return <p>{t('noSection')}</p>;
  if (data === undefined) return <Loader aria-label={t('loading')} />;
  return <FileEditor key={section.id} section={section} settings={data} />;
}

/** Read anew when the live topic says that somebody changed a file; an edit that is begun keeps what it began with. */
export function useSettings() {
  const queries = useQueryClient();
  const live = useLive('settings').data;
  const versions = JSON.stringify(live?.versions ?? {});
  useEffect(() => {
    if (versions !== '{}') void queries.invalidateQueries({ queryKey: ['settings'] });
  }, [queries, versions]);
  return useQuery({
    queryKey: ['settings'],
    queryFn: ({ signal }) => api<SettingsView>('GET', '/settings', undefined, signal),
    staleTime: 5000,
  });
}

function Sections({ chosen }: { readonly chosen: string }) {
  const { t } = useT('settings');
  const drafts = useDrafts();
  const [, go] = useLocation();
  const isNarrow = useMediaQuery('(max-width: 48em)');
  const all = [
    ...sections.map(({ id, file }) => ({ id, isEdited: drafts.has(file) })),
    ...otherSections.map((id) => ({ id, isEdited: false })),
  ];
  if (isNarrow) {
    return (
      <Select
        label={t('navigation')}
        data={all.map(({ id, isEdited }) => ({
          value: id,
          label: `${t(`sections.${id}`)}${isEdited ? ` (${t('notSaved')})` : ''}`,
        }))}
        value={chosen}
        allowDeselect={false}
        onChange={(id) => go(`/settings/${id ?? 'queues'}`)}
      />
    );
  }
  return (
    <nav aria-label={t('navigation')}>
      {all.map(({ id, isEdited }) => (
        <NavLink
          key={id}
          component={Link}
          href={`/settings/${id}`}
          label={t(`sections.${id}`)}
          rightSection={isEdited ? <span className="settings-note">{t('notSaved')}</span> : null}
          active={id === chosen}
          aria-current={id === chosen ? 'page' : undefined}
        />
      ))}
    </nav>
  );
}
