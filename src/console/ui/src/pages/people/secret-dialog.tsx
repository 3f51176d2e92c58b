import { Alert, Button, CopyButton, Group, Modal, Stack, TextInput } from '@mantine/core';
import { CheckIcon, CopyIcon, InfoIcon } from '../../app/components/icons.js';
import { useT } from '../../app/i18n.js';

export interface SecretDialogProps {
  /** Shown once: nobody can read it again. Undefined: the dialog is closed. */
  readonly secret: string | undefined;
  readonly title: string;
  readonly label: string;
  /** What to do with it. */
  readonly text: string;
  readonly onClose: () => void;
}

export function SecretDialog({ secret, title, label, text, onClose }: SecretDialogProps) {
  const { t } = useT('people');
  return (
    <Modal opened={secret !== undefined} onClose={onClose} title={title} closeOnClickOutside={false}>
      <Stack gap="md">
        <Alert color="blue" variant="light" icon={<InfoIcon />}>
          {text}
        </Alert>
        <Group align="flex-end" gap="xs" wrap="nowrap">
          <TextInput
            flex={1}
            label={label}
            value={secret ?? ''}
            readOnly
            data-autofocus
            onFocus={(event) => event.currentTarget.select()}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
          <CopyButton value={secret ?? ''}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                onClick={copy}
                leftSection={copied ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
              >
                {copied ? t('copied') : t('copy')}
              </Button>
            )}
          </CopyButton>
        </Group>
        <Group justify="flex-end">
          <Button onClick={onClose}>{t('password.noted')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
