import t from 'tap';
import { fillPage } from '../../../src/console/offer-pages/fill-page.js';

t.test('placeholders become what is known, else a blank', async (t) => {
  const known = new Map([
    ['customer.name', 'Ann  Lee'],
    ['customer.empty', ' '],
  ]);
  const filled = fillPage(
    'Hi {{customer.name}}, {{ customer.name }} {{customer.empty}} {{x}} {{x}} {{}} {{a b}}',
    known,
  );
  t.equal(
    filled.markdown,
    'Hi Ann Lee, Ann Lee \\_\\_\\_\\_\\_\\_ \\_\\_\\_\\_\\_\\_ \\_\\_\\_\\_\\_\\_ {{}} {{a b}}',
  );
  t.strictSame(filled.blanks, ['customer.empty', 'x']);
});

t.test('a value is text, whatever Markdown would make of it', async (t) => {
  const value = '[x](https://evil.example) <b>*\n# h';
  const { markdown } = fillPage('{{v}}', new Map([['v', value]]));
  t.equal(markdown, '\\[x\\]\\(https\\:\\/\\/evil\\.example\\) \\<b\\>\\* \\# h');
  t.equal(fillPage('{{v}}', new Map([['v', 'x'.repeat(9999)]])).markdown.length, 200);
  t.equal(
    fillPage('{{v}}', new Map([['v', '$& {{w}}']])).markdown,
    '\\$\\& \\{\\{w\\}\\}',
    'nor is it filled again',
  );
});
