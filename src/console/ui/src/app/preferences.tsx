// What a person sets for this browser: the language and the colours.
import { ActionIcon, Menu, useMantineColorScheme } from '@mantine/core';
import type { MantineColorScheme } from '@mantine/core';
import { LanguageIcon, MoonIcon, ScreenIcon, SunIcon } from './components/icons.js';
import { chooseLanguage, languages, useT } from './i18n.js';
import type { Language } from './i18n.js';

export function LanguageMenu() {
  const { t, language } = useT('app');
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('preferences.language')}>
          <LanguageIcon size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={language} onChange={(value) => void chooseLanguage(value as Language)}>
          {Object.entries(languages).map(([id, name]) => (
            <Menu.RadioItem key={id} value={id} lang={id} closeMenuOnClick>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

const schemes = { auto: ScreenIcon, light: SunIcon, dark: MoonIcon } as const;

export function SchemeMenu() {
  const { t } = useT('app');
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const Icon = schemes[colorScheme];
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('preferences.scheme')}>
          <Icon size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(value) => setColorScheme(value as MantineColorScheme)}
        >
          {Object.keys(schemes).map((id) => (
            <Menu.RadioItem key={id} value={id} closeMenuOnClick>
              {t(`preferences.${id}`)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
