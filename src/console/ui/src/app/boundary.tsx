// A page that breaks says so in its place; the rest of the console stays.
import { Button, Code, Stack, Text } from '@mantine/core';
import { Component } from 'react';
import type { ReactNode } from 'react';
import { PageTitle } from './components/page-title.js';
import { useT } from './i18n.js';

export interface PageBoundaryProps {
  /** What broke at one place is tried again at another. */
  readonly place: string;
  readonly children: ReactNode;
}

interface State {
  readonly error: Error | undefined;
  readonly place: string;
}

export class PageBoundary extends Component<PageBoundaryProps, State> {
  override readonly state: State = { error: undefined, place: this.props.place };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps({ place }: PageBoundaryProps, state: State): Partial<State> | null {
    return place === state.place ? null : { error: undefined, place };
  }

  override render(): ReactNode {
    return this.state.error === undefined ? this.props.children : <Broken error={this.state.error} />;
  }
}

/** A file of the pages that is not there any more: a newer version was put in place while this one was open. */
const isOutdated = (error: Error) => /dynamically imported module|module script/i.test(error.message);

function Broken({ error }: { readonly error: Error }) {
  const { t } = useT('app');
  const why = isOutdated(error) ? 'broken.outdated' : 'broken.text';
  return (
    <Stack align="flex-start" role="alert">
      <PageTitle>{t('broken.title')}</PageTitle>
      <Text maw="60ch">{t(why)}</Text>
      <Code block>{error.message}</Code>
      <Button onClick={() => location.reload()}>{t('broken.reload')}</Button>
    </Stack>
  );
}
