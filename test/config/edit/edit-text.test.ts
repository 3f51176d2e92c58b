// Laws of edits, on the files that are shipped: the values are as edited, and lines that need not change do not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { parse } from 'yaml';
import { editedValues, editText } from '../../../src/config/edit/index.js';
import type { SettingsEdit } from '../../../src/config/edit/index.js';
import { repositoryRoot } from '../../support/repository-root.js';

const files = ['trunks', 'partners', 'centres', 'offers', 'ranking', 'proffer'];
const textOf = (file: string) => readFileSync(join(repositoryRoot, 'config', `${file}.yaml`), 'utf8');

interface Place {
  readonly path: (string | number)[];
  readonly value: unknown;
}

function placesIn(value: unknown, path: (string | number)[] = []): Place[] {
  const below = Array.isArray(value)
    ? value.flatMap((one: unknown, at) => placesIn(one, [...path, at]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, one]) => placesIn(one, [...path, key]))
      : [];
  return path.length === 0 ? below : [{ path, value }, ...below];
}

const newValue = fc.oneof(
  fc.constantFrom<unknown>(
    true,
    false,
    0,
    12.5,
    'plain',
    'with, comma: and # sign',
    '+18005550100',
    'on\ntwo lines',
    '',
    null,
  ),
  fc.string({ maxLength: 12 }),
  fc.constantFrom<unknown>([], {}, ['a', 'b'], { key: 'x', list: [{ one: 1, two: ['x'] }, { one: 2 }] }),
);

/** Any edit that fits the values. */
function editOf(values: unknown): fc.Arbitrary<SettingsEdit> {
  const places = placesIn(values);
  return fc
    .record({ place: fc.constantFrom(...places), value: newValue, to: fc.nat() })
    .chain(({ place, value, to }) => {
      const { path } = place;
      const holder = path
        .slice(0, -1)
        .reduce<unknown>((here, step) => (here as Record<string, unknown>)[step], values);
      const edits: SettingsEdit[] = [
        { path, op: 'set', value },
        { path, op: 'remove' },
      ];
      if (Array.isArray(holder)) {
        edits.push({ path, op: 'insert', value: to % 2 === 0 ? place.value : value });
        edits.push({ path: [...path.slice(0, -1), holder.length], op: 'insert', value });
        edits.push({ path, op: 'move', to: to % holder.length });
      } else edits.push({ path: [...path.slice(0, -1), 'newKey'], op: 'set', value });
      return fc.constantFrom(...edits);
    });
}

/** How many lines there are of each text that the other has not, where both are alike before and after one place. */
function changedLines(before: string, after: string): { gone: number; come: number } {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const least = Math.min(a.length, b.length);
  let head = 0;
  while (head < least && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < least - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1;
  return { gone: a.length - head - tail, come: b.length - head - tail };
}

/** Without blank lines. */
const sorted = (text: string) => text.split('\n').filter(Boolean).toSorted().join('\n');

for (const file of files) {
  const text = textOf(file);
  const values: unknown = parse(text);
  t.test(`edits of ${file}.yaml change what they must and nothing else`, (t) => {
    fc.assert(
      fc.property(editOf(values), (edit) => {
        const after = editText(text, [edit]);
        assert.deepEqual(parse(after), editedValues(values, edit));
        const comments = text.split('\n').filter((line) => line.trimStart().startsWith('#'));
        const isPlain = 'value' in edit && (typeof edit.value !== 'object' || edit.value === null);
        const old = edit.path.reduce<unknown>(
          (here, step) => (here as Record<string, unknown> | undefined)?.[step],
          values,
        );
        const wasPlain = typeof old !== 'object' || old === null;
        const { gone, come } = changedLines(text, after);
        if (edit.op === 'insert' || (edit.op === 'set' && old === undefined))
          assert.ok(gone <= 1, 'an insertion adds');
        if (edit.op === 'set' && isPlain && wasPlain && old !== undefined)
          assert.ok(gone <= 1 && come <= 1, 'one line');
        if (edit.op === 'remove') assert.ok(come <= 1, 'a removal takes away');
        if (edit.op === 'move' && gone > 1) assert.deepEqual(sorted(after), sorted(text));
        if (edit.op === 'insert' || edit.op === 'move' || (wasPlain && come === 0))
          assert.ok(
            comments.every((one) => after.includes(one)),
            'no comment is lost',
          );
      }),
      { numRuns: 60 },
    );
    t.end();
  });
}

t.test('an edit looks as a person would have typed it', (t) => {
  const text = "# top\na:\n  - x: 1 # one\n    s: 'q'\n\n  - x: 2\nf: { k: [1, 2] }\nn:\n";
  const edited = (...edits: SettingsEdit[]) => editText(text, edits);
  t.equal(
    edited({ path: ['a', 0, 'x'], op: 'set', value: 5 }, { path: ['a', 0, 's'], op: 'set', value: "it's" }),
    text.replace('x: 1 #', 'x: 5 #').replace("'q'", "'it''s'"),
  );
  t.equal(
    edited({ path: ['a', 2], op: 'insert', value: { x: 3, l: ['a', 'b'] } }),
    text.replace('x: 2\n', 'x: 2\n\n  - x: 3\n    l: [a, b]\n'),
  );
  t.equal(edited({ path: ['f', 'k', 1], op: 'remove' }), text.replace('[1, 2]', '[1]'));
  t.equal(
    edited({ path: ['n', 'deep'], op: 'set', value: true }),
    text.replace('n:\n', 'n:\n  deep: true\n'),
  );
  t.equal(
    editText(text.replaceAll('\n', '\r\n'), [{ path: ['z'], op: 'set', value: 1 }]).slice(-8),
    '\r\nz: 1\r\n',
  );
  t.end();
});

t.test('what cannot be edited is refused in words', (t) => {
  const shared = 'a: &one { x: 1 }\nb: *one\n';
  const refused = (text: string, edit: SettingsEdit, message: RegExp) =>
    t.throws(() => editText(text, [edit]), { name: 'EditRefusedError', message });
  refused(shared, { path: ['b', 'x'], op: 'set', value: 2 }, /anchor \(&\) or alias/);
  refused(shared, { path: ['a', 'x'], op: 'set', value: 2 }, /anchor/);
  refused('a: [1]\n', { path: ['a', 3], op: 'remove' }, /no such item/);
  refused('a: [1]\n', { path: ['a', 'b'], op: 'set', value: 1 }, /no such item/);
  refused('a: 1\n', { path: ['__proto__', 'b'], op: 'set', value: 1 }, /no such place/);
  refused('a: {\n', { path: ['a'], op: 'set', value: 1 }, /not valid YAML/);
  refused('a: 1\n', { path: [], op: 'set', value: 1 }, /names a key/);
  t.end();
});
