// The theme, with the words that its components say by themselves.
import { MantineProvider, mergeThemeOverrides } from '@mantine/core';
import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { useT } from './i18n.js';
import { cssVariables, theme } from './theme.js';

export interface ThemedProps {
  /** Of the policy of the page: styles that are made at run time carry it. */
  readonly nonce: string;
  readonly children: ReactNode;
}

export function Themed({ nonce, children }: ThemedProps) {
  const { t } = useT('app');
  const close = t('close');
  const inLanguage = useMemo(() => {
    const closing = { defaultProps: { closeButtonProps: { 'aria-label': close } } };
    const components = { Modal: closing, Drawer: closing, Notification: closing };
    return mergeThemeOverrides(theme, { components });
  }, [close]);
  return (
    <MantineProvider
      theme={inLanguage}
      cssVariablesResolver={cssVariables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      {children}
    </MantineProvider>
  );
}
