// How the console looks: quiet and dense, with colours that pass WCAG AA as text in both schemes.
import { createTheme } from '@mantine/core';
import type { CSSVariablesResolver } from '@mantine/core';

/** Of each colour the shade that can be read as text on white and on the lightest tint of itself: 5 to 1 or more. */
const deep = {
  gray: '#495057',
  red: '#bb2727',
  pink: '#a61e4d',
  grape: '#862e9c',
  violet: '#5f3dc4',
  indigo: '#364fc7',
  blue: '#1863a9',
  cyan: '#0b6d80',
  teal: '#077252',
  green: '#247434',
  lime: '#48730a',
  yellow: '#a15300',
  orange: '#b23b0c',
} as const;

export const theme = createTheme({
  primaryColor: 'blue',
  primaryShade: 8,
  autoContrast: true,
  luminanceThreshold: 0.185,
  colors: {
    dark: [
      '#d8dce3',
      '#b6bdc8',
      '#959eac',
      '#727b8a',
      '#434a57',
      '#343a46',
      '#292e38',
      '#1d2129',
      '#171a21',
      '#101318',
    ],
  },
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.25rem', xl: '1.75rem' },
  defaultRadius: 'sm',
  radius: { sm: '0.3125rem' },
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.35' },
      h2: { fontSize: '1rem', lineHeight: '1.4' },
      h3: { fontSize: '0.875rem', lineHeight: '1.45' },
      h4: { fontSize: '0.8125rem', lineHeight: '1.45' },
    },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Tooltip: {
      defaultProps: { withArrow: true, openDelay: 300, events: { hover: true, focus: true, touch: true } },
    },
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm', fz: 'sm' } },
    Modal: {
      defaultProps: { centered: true, transitionProps: { duration: 120 } },
      styles: { title: { fontWeight: 650, fontSize: '1rem' } },
    },
    Menu: {
      defaultProps: {
        shadow: 'md',
        position: 'bottom-end',
        transitionProps: { duration: 100 },
        // An element in the menu that is no item of it.
        withInitialFocusPlaceholder: false,
      },
    },
    Badge: { defaultProps: { tt: 'none', radius: 'sm', fw: 550 } },
    Paper: { defaultProps: { withBorder: true, p: 'md' } },
  },
});

/** What Mantine leaves too pale to read. */
export const cssVariables: CSSVariablesResolver = () => {
  const light: Record<string, string> = {
    '--mantine-color-text': '#1b1f24',
    '--mantine-color-dimmed': '#5a636e',
    '--mantine-color-placeholder': '#68717c',
    '--mantine-color-error': deep.red,
    '--mantine-color-anchor': deep.blue,
    '--app-backdrop': '#f6f7f9',
  };
  for (const [name, shade] of Object.entries(deep)) {
    light[`--mantine-color-${name}-light-color`] = shade;
    light[`--mantine-color-${name}-text`] = shade;
    light[`--mantine-color-${name}-outline`] = shade;
    light[`--mantine-color-${name}-light-hover`] =
      `color-mix(in srgb, var(--mantine-color-${name}-light), ${shade} 4%)`;
  }
  return {
    variables: {},
    light,
    dark: {
      '--mantine-color-dimmed': '#a8b0bc',
      '--mantine-color-placeholder': '#98a1ae',
      '--mantine-color-error': '#ff8f8f',
      '--app-backdrop': '#171a21',
    },
  };
};
