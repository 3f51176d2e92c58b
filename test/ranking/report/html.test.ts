import fc from 'fast-check';
import t from 'tap';
import { html, trusted } from '../../../src/ranking/report/html.js';
import { wrapped } from '../../../src/kernel/index.js';
import { oneLine } from '../../../src/ranking/report/line-text.js';
import { readMarkup } from '../../support/strict-markup.js';

t.test('what a template interpolates is text, whatever is in it', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const page = readMarkup(html`<p title="${text}">${[text]}</p>`.markup);
      t.equal(page.elements.length, 1);
      const shown = page.elements[0]?.attributes.get('title') ?? '';
      // eslint-disable-next-line no-control-regex -- what XML does not allow
      t.notMatch(shown, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
      t.equal(shown.length, text.length);
    }),
  );
  t.end();
});

t.test('Html inside a template stays as it is', (t) => {
  t.equal(
    html`<b>${html`<i>${'<&>'}</i>`}${trusted('<hr />')}</b>`.markup,
    '<b><i>&lt;&amp;&gt;</i><hr /></b>',
  );
  t.end();
});

t.test('a lone surrogate is shown as a replacement character', (t) => {
  t.equal(html`${'a\ud800b\u{1f600}'}`.markup, 'a\ufffdb\u{1f600}');
  t.end();
});

t.test('text for a line has no character that moves the cursor', (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\u2028\u2029]/u.test(oneLine(text))),
  );
  t.end();
});

t.test('wrapped text keeps its words and its width', (t) => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }), (words) => {
      const lines = wrapped(words.join(' '), 20);
      return lines.join(' ') === words.join(' ') && lines.every((line) => line.length <= 20);
    }),
  );
  t.end();
});
