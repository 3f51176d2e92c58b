// The keys of the page that is open, and the switch that turns them off.
import { Kbd, Modal, Stack, Switch, Table, Text } from '@mantine/core';
import { useT } from './i18n.js';
import { useShortcutRegistry } from './shortcuts.js';

export interface KeyboardHelpProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function KeyboardHelp({ isOpen, onClose }: KeyboardHelpProps) {
  const { t } = useT('app');
  const { all, isOn, setOn } = useShortcutRegistry();
  return (
    <Modal opened={isOpen} onClose={onClose} title={t('keys.title')}>
      <Stack gap="md">
        <Table aria-label={t('keys.title')}>
          <Table.Tbody>
            {(isOpen ? all() : []).map(({ key, label }) => (
              <Table.Tr key={`${key} ${label}`}>
                <Table.Td w={90}>
                  <Kbd>{t(`keys.names.${key}`, { defaultValue: key })}</Kbd>
                </Table.Td>
                <Table.Td>{label}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Switch
          checked={isOn}
          onChange={(event) => setOn(event.currentTarget.checked)}
          label={t('keys.on')}
          description={t('keys.about')}
        />
        <Text fz="sm" c="dimmed">
          {t('keys.typing')}
        </Text>
      </Stack>
    </Modal>
  );
}
