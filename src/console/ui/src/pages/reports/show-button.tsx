// In a row of a table: shows its report below, or puts it away.
import { Button } from '@mantine/core';
import { useT } from '../../app/i18n.js';

export interface ShowButtonProps {
  /** Id of the row, among which one is chosen. */
  readonly row: string;
  /** What people call it. */
  readonly name: string;
  readonly chosen: string | undefined;
  /** '': none. */
  readonly onChoose: (row: string) => void;
}

export function ShowButton({ row, name, chosen, onChoose }: ShowButtonProps) {
  const { t } = useT('reports');
  return (
    <Button
      size="compact-xs"
      variant="default"
      aria-pressed={chosen === row}
      aria-label={`${t('show')} ${name}`}
      onClick={() => onChoose(chosen === row ? '' : row)}
    >
      {t('show')}
    </Button>
  );
}
