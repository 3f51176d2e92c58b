// What holds for every page.
import fc from 'fast-check';
import { readMarkup } from '../../support/strict-markup.js';

/** Names of the elements in their order: the same for the same report, whatever its texts are. */
export function namesOf(page: string): readonly string[] {
  return readMarkup(page).elements.map(({ name }) => name);
}

/** Text that tries to be more than text. Never empty, as no name in a report is. */
export const hostileText = fc.oneof(
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    '</style><script>alert(1)</script>',
    '</title></svg><b>',
    ']]><script>',
    '&lt;script&gt;&amp;',
    ' class="zr0" style="x"',
    '{b|rich} {value}',
    '\u0000\ud800\u202e\n\t',
    '${1}$&$1',
  ),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => `x${text}`),
);

/** What a page would load or run, and links that lead nowhere: nothing, in words. */
export function loadedBy(page: string): readonly string[] {
  const { elements } = readMarkup(page);
  const forbidden = new Set(['script', 'img', 'link', 'iframe', 'object', 'embed', 'image', 'use', 'form']);
  const ids = new Set(elements.map(({ attributes }) => attributes.get('id')));
  const found: string[] = [];
  for (const { name, attributes } of elements) {
    if (forbidden.has(name)) found.push(`element ${name}`);
    for (const [attribute, value] of attributes) {
      if (/^on|^src|^xlink|^xmlns/.test(attribute)) found.push(`attribute ${attribute}`);
      if (attribute === 'href' && !(value.startsWith('#') && ids.has(value.slice(1))))
        found.push(`link ${value}`);
      if (attribute === 'style' && /url\(|[<>]/.test(value)) found.push(`style ${value}`);
    }
  }
  const sheet = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
  return /url\(|@import|http/.test(sheet) ? [...found, 'style sheet'] : found;
}
