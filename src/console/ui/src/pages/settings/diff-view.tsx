// A unified difference: signs and colours, lines that went and lines that came.
import { Box } from '@mantine/core';
import { useT } from '../../app/i18n.js';

export function DiffView({ diff, label }: { readonly diff: string; readonly label: string }) {
  const { t } = useT('settings');
  const lines = diff
    .split('\n')
    .filter((line) => !/^(---|\+\+\+|Index:|\\ No newline)/.test(line) && line !== '');
  if (lines.length === 0) return <p>{t('diff.none')}</p>;
  return (
    <Box className="settings-diff" role="region" aria-label={label} tabIndex={0}>
      {lines.map((line, at) => (
        <div key={at} className={`settings-diff-line ${kindOf(line)}`}>
          {line}
        </div>
      ))}
    </Box>
  );
}

function kindOf(line: string): string {
  if (line.startsWith('+')) return 'is-added';
  if (line.startsWith('-')) return 'is-removed';
  return line.startsWith('@@') ? 'is-place' : '';
}
