// The frame around entries that can be added and removed: a label over them, a button below.
import { ActionIcon, Button, Input, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { useT } from '../../app/i18n.js';

export interface EntryListProps {
  readonly label: string;
  readonly description: string | undefined;
  readonly error: string | undefined;
  readonly isRequired?: boolean;
  readonly canAdd?: boolean;
  readonly onAdd: () => void;
  readonly children: ReactNode;
}

export function EntryList(props: EntryListProps) {
  const { label, description, error, isRequired = false, canAdd = true, onAdd, children } = props;
  const { t } = useT('settings');
  return (
    <Input.Wrapper
      label={label}
      labelElement="div"
      description={description}
      error={error}
      withAsterisk={isRequired}
    >
      <Stack gap={4} mt={4} role="group" aria-label={label}>
        {children}
        <div>
          <Button
            size="compact-xs"
            variant="default"
            aria-label={t('form.addTo', { what: label })}
            disabled={!canAdd}
            onClick={onAdd}
          >
            {t('form.add')}
          </Button>
        </div>
      </Stack>
    </Input.Wrapper>
  );
}

export interface RemoveEntryProps {
  /** What the entry is called. */
  readonly name: string;
  readonly onRemove: () => void;
}

export function RemoveEntry({ name, onRemove }: RemoveEntryProps) {
  const { t } = useT('settings');
  return (
    <ActionIcon variant="default" aria-label={t('form.removeOf', { what: name })} onClick={onRemove}>
      ✕
    </ActionIcon>
  );
}
