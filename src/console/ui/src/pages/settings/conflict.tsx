// Somebody else changed the file meanwhile: both sides, and one's own edit taken over onto the new version.
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import type { SettingsConflictView, SettingsFileView } from '../../../../settings/settings-view.js';
import { useT } from '../../app/i18n.js';
import { DiffView } from './diff-view.js';
import { dropDraft, setDraft } from './drafts.js';
import { takenOver } from './values.js';

export interface ConflictNoticeProps {
  readonly base: SettingsFileView;
  readonly present: SettingsFileView;
  readonly values: unknown;
  readonly conflict: SettingsConflictView | undefined;
  /** One's own difference. */
  readonly mine: string;
  readonly onTaken: () => void;
}

export function ConflictNotice({ base, present, values, conflict, mine, onTaken }: ConflictNoticeProps) {
  const { t, language } = useT('settings');
  const [isOpen, setOpen] = useState(true);
  const by = conflict?.changedBy;
  const take = (): void => {
    const both: string[] = [];
    const merged = takenOver({ base: base.values, mine: values, theirs: present.values }, (field) =>
      both.push(field),
    );
    setDraft({ base: present, values: merged });
    onTaken();
  };
  const isFresh = present.version !== base.version;
  return (
    <Alert color="orange" variant="outline" title={t('conflict.title', { file: base.file })} role="alert">
      <Stack gap="xs">
        <Text size="sm">
          {by === undefined
            ? t('conflict.unknown')
            : t('conflict.by', { actor: by.actor, at: new Date(by.at).toLocaleString(language) })}{' '}
          {t('conflict.explain')}
        </Text>
        {isOpen ? (
          <>
            {conflict === undefined || conflict.diff === '' ? null : (
              <>
                <Text size="sm" fw={600}>
                  {t('conflict.theirs')}
                </Text>
                <DiffView diff={conflict.diff} label={t('conflict.theirs')} />
              </>
            )}
            {mine === '' ? null : (
              <>
                <Text size="sm" fw={600}>
                  {t('conflict.mine')}
                </Text>
                <DiffView diff={mine} label={t('conflict.mine')} />
              </>
            )}
          </>
        ) : null}
        <Group gap="xs">
          <Button size="xs" disabled={!isFresh} onClick={take}>
            {t('conflict.take')}
          </Button>
          <Button size="xs" variant="default" onClick={() => dropDraft(base.file)}>
            {t('conflict.drop')}
          </Button>
          <Button size="xs" variant="subtle" onClick={() => setOpen(!isOpen)} aria-expanded={isOpen}>
            {t(isOpen ? 'conflict.less' : 'conflict.more')}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
