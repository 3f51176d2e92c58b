import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useT } from '../i18n.js';
import { Failure } from './failure.js';

export interface ConfirmProps {
  readonly isOpen: boolean;
  readonly title: string;
  /** What happens if they do. */
  readonly children: string;
  /** On the button: what is done, as a verb. */
  readonly action: string;
  readonly isPending?: boolean;
  readonly error?: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function Confirm(props: ConfirmProps) {
  const { isOpen, title, children, action, isPending = false, error, onConfirm, onClose } = props;
  const { t } = useT('app');
  return (
    <Modal opened={isOpen} onClose={onClose} title={title}>
      <Stack gap="md">
        <Text fz="sm">{children}</Text>
        {error === undefined || error === null ? null : <Failure error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button color="red" loading={isPending} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
