// The form of a section over one file, checked as it is typed; and the file itself, as it stands.
import { Anchor, Box, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type {
  SettingsCheckView,
  SettingsProblemView,
  SettingsView,
} from '../../../../settings/settings-view.js';
import { api } from '../../app/api.js';
import { useT } from '../../app/i18n.js';
import { setDraft, useDrafts } from './drafts.js';
import { FormContext } from './form-context.js';
import type { FormState } from './form-context.js';
import { SaveBar } from './save-bar.js';
import type { FormSchema } from './schema.js';
import { ObjectFields } from './schema-field.js';
import type { Section } from './sections.js';
import { changesBetween, withValue } from './values.js';

export function FileEditor({
  section,
  settings,
}: {
  readonly section: Section;
  readonly settings: SettingsView;
}) {
  const { t } = useT('settings');
  const draft = useDrafts().get(section.file);
  const present = settings.files.find((one) => one.file === section.file);
  const base = draft?.base ?? present;
  const values = draft === undefined ? base?.values : draft.values;
  const changes = useMemo(() => changesBetween(base?.values, values), [base, values]);
  const [typed] = useDebouncedValue(changes, 350);
  const check = useQuery({
    queryKey: ['settings-check', section.file, base?.version, typed],
    queryFn: ({ signal }) =>
      api<SettingsCheckView>(
        'POST',
        '/settings/check',
        { file: section.file, version: base?.version, changes: typed },
        signal,
      ),
    enabled: base !== undefined && typed.length > 0,
    placeholderData: keepPreviousData,
    retry: false,
    staleTime: 60_000,
  });
  if (base === undefined || present === undefined) return <p>{t('noFile', { file: section.file })}</p>;
  if (base.values === null) return <p>{t('unreadable', { file: section.file })}</p>;
  const problems = changes.length === 0 ? [] : (check.data?.problems ?? []);
  const form: FormState = {
    file: section.file,
    values,
    base: base.values,
    all: {
      ...Object.fromEntries(settings.files.map((one) => [one.file, one.values])),
      [section.file]: values,
    },
    set: (path, value) => setDraft({ base, values: withValue(values, path, value) }),
    problemAt: (field) => problemAt(problems, section.file, field),
    shows: section.shows,
    restartFields: settings.restartFields,
    Fields: ObjectFields,
  };
  return (
    <FormContext value={form}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h3">
          {t(`sections.${section.id}`)}
        </Title>
        <Text size="xs" c="dimmed">
          {section.file}
        </Text>
      </Group>
      <Text size="sm" c="dimmed" mb="md">
        {t(`about.${section.id}`)}
      </Text>
      <Tabs defaultValue="form" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="form">{t('form.tab')}</Tabs.Tab>
          <Tabs.Tab value="file">{t('form.fileTab')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="form">
          <Stack gap="lg">
            <ObjectFields schema={base.schema as FormSchema} path={[]} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="file">
          <Box component="pre" className="settings-raw" role="region" tabIndex={0} aria-label={section.file}>
            {present.text}
          </Box>
        </Tabs.Panel>
      </Tabs>
      <SaveBar
        base={base}
        present={present}
        values={values}
        changes={changes}
        check={check.data}
        error={check.error}
        isChecking={check.isFetching || typed !== changes}
      />
      <Anchor href="#root" size="xs">
        {t('toTop')}
      </Anchor>
    </FormContext>
  );
}

/** A field that ends with `*` asks for anything at it or below it. */
function problemAt(
  problems: readonly SettingsProblemView[],
  file: string,
  field: string,
): string | undefined {
  const isBelow = field.endsWith('*');
  const wanted = isBelow ? field.slice(0, -1) : field;
  return problems.find(
    (one) => one.file === file && (one.field === wanted || (isBelow && one.field.startsWith(wanted))),
  )?.message;
}
