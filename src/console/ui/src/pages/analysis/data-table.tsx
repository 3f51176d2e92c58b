// A table whose columns say what is shown and what goes into a CSV file.
import { Button, Group, Table, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Empty } from '../../app/components/empty.js';
import { ScrollTable } from '../../app/components/scroll-table.js';
import { useT } from '../../app/i18n.js';
import { csvText, saveCsv } from './csv.js';
import type { CsvCell } from './csv.js';

export interface Column<Row> {
  readonly head: string;
  readonly isNumber?: boolean;
  /** Of the CSV file; what is shown too, unless `show` says otherwise. */
  readonly of: (row: Row) => CsvCell;
  readonly show?: (row: Row) => ReactNode;
  /** In pixels, for what must not be cut. */
  readonly minWidth?: number;
  /** In the file alone. */
  readonly isHidden?: boolean;
}

export interface DataTableProps<Row> {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** Of the file, without its ending; undefined: there is none to take. */
  readonly file?: string;
  /** What to say when there is no row. */
  readonly empty: string;
  readonly minWidth?: number;
  readonly children?: ReactNode;
}

export function DataTable<Row>({
  title,
  rows,
  columns,
  keyOf,
  file,
  empty,
  minWidth,
  children,
}: DataTableProps<Row>) {
  const { t } = useT('reports');
  const shown = columns.filter((one) => one.isHidden !== true);
  const save = () => {
    const text = csvText(
      columns.map((one) => one.head),
      rows.map((row) => columns.map((one) => one.of(row))),
    );
    saveCsv(`${file ?? 'table'}.csv`, text);
  };
  return (
    <section aria-label={title}>
      <Group justify="space-between" mb={4}>
        <Title order={2}>{title}</Title>
        {file === undefined || rows.length === 0 ? null : (
          <Button size="compact-xs" variant="default" onClick={save}>
            {t('csv')}
          </Button>
        )}
      </Group>
      {children}
      {rows.length === 0 ? (
        <Empty title={empty} />
      ) : (
        <ScrollTable label={title} {...(minWidth === undefined ? {} : { minWidth })}>
          <Table.Thead>
            <Table.Tr>
              {shown.map((one) => (
                <Table.Th
                  key={one.head}
                  ta={one.isNumber === true ? 'right' : 'left'}
                  scope="col"
                  miw={one.minWidth ?? 0}
                >
                  {one.head}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={keyOf(row)}>
                {shown.map((one) => (
                  <Table.Td
                    key={one.head}
                    ta={one.isNumber === true ? 'right' : 'left'}
                    className={one.isNumber === true ? 'tabular' : ''}
                  >
                    {one.show === undefined ? (one.of(row) ?? '–') : one.show(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </ScrollTable>
      )}
    </section>
  );
}
