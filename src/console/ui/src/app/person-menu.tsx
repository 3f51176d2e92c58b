// Who is logged in, and what they can do about that.
import { Badge, Button, Menu, Text } from '@mantine/core';
import { useState } from 'react';
import { ChangePasswordDialog } from './change-password.js';
import { ChevronIcon, PersonIcon } from './components/icons.js';
import { useT } from './i18n.js';
import { useLogOut, useSession } from './session.js';

export function PersonMenu({ onKeys }: { readonly onKeys: () => void }) {
  const { t } = useT('app');
  const { name, agent, role } = useSession();
  const [isChanging, setChanging] = useState(false);
  const logOut = useLogOut();
  return (
    <>
      <Menu width={230}>
        <Menu.Target>
          <Button
            variant="subtle"
            color="gray"
            size="compact-md"
            leftSection={<PersonIcon />}
            rightSection={<ChevronIcon size={14} />}
            aria-label={t('person.menu', { name })}
          >
            <Text span inherit truncate maw={{ base: '6rem', sm: '14rem' }}>
              {name}
            </Text>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {agent}{' '}
            <Badge variant="light" color="gray" ml={6}>
              {t(`roles.${role}`)}
            </Badge>
          </Menu.Label>
          <Menu.Item onClick={() => setChanging(true)}>{t('person.changePassword')}</Menu.Item>
          <Menu.Item onClick={onKeys}>{t('keys.title')}</Menu.Item>
          <Menu.Item component="a" href="/docs" target="_blank" rel="noreferrer">
            {t('person.api')}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item onClick={() => void logOut()}>{t('person.logOut')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ChangePasswordDialog isOpen={isChanging} onClose={() => setChanging(false)} />
    </>
  );
}
