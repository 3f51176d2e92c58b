import t from 'tap';
import { textTable } from '../../src/kernel/index.js';

t.test('columns are as wide as what is in them, numbers to the right, no blanks at the end', (t) => {
  const lines = textTable(
    [{ head: 'NAME' }, { head: 'N', isNumber: true }, { head: 'NOTE' }],
    [['a', '1', 'first'], ['longer', '1,000', ''], ['b']],
  );
  t.strictSame(lines, ['  NAME        N  NOTE', '  a           1  first', '  longer  1,000', '  b']);
  t.end();
});
