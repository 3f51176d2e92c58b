import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

export interface ScrollTableProps {
  /** What it shows, for those who do not see it. */
  readonly label: string;
  /** Thead, Tbody. */
  readonly children: ReactNode;
  /** Below that width it scrolls in itself. Default 600. */
  readonly minWidth?: number;
}

/** A table that scrolls sideways in itself, by keyboard, too, and never with the page. */
export function ScrollTable({ label, children, minWidth = 600 }: ScrollTableProps) {
  return (
    // What scrolls has to take the focus, or no keyboard can scroll it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="scroller" role="region" aria-label={label} tabIndex={0}>
      <Table miw={minWidth} highlightOnHover aria-label={label}>
        {children}
      </Table>
    </div>
  );
}
