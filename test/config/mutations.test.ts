import fc from 'fast-check';
import t from 'tap';
import { parseSettings } from '../../src/config/load.js';
import type { SettingsTexts } from '../../src/config/load.js';
import { sectionNames } from '../../src/config/sections.js';
import type { SectionName } from '../../src/config/sections.js';
import { noEnvironment, shippedTexts } from './shipped.js';

/** What people and broken disks write into YAML. */
const fragments = [
  ...[
    '\n',
    ' ',
    '\t',
    ':',
    ': ',
    '- ',
    '-',
    '"',
    "'",
    '[',
    ']',
    '{',
    '}',
    ',',
    '#',
    '&a',
    '*a',
    '!!str',
    '!x',
    '|',
    '>',
  ],
  ...[
    '? ',
    '<<: *a',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    'null',
    '~',
    'true',
    'no',
    '-1',
    '1e999',
    '.nan',
    '0x1f',
    '\u0000',
  ],
  ...[
    '\uFEFF',
    '\r\n',
    '__proto__: 1',
    'constructor: {}',
    'toString',
    '💥',
    '\ud800',
    '1',
    '99999999999999999999',
  ],
] as const;

interface Mutation {
  readonly section: SectionName;
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  section: fc.constantFrom(...sectionNames),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 40 })),
  insert: fc.oneof(fc.constantFrom(...fragments), fc.string({ maxLength: 8 }), fc.constant('')),
});

function mutated(mutations: readonly Mutation[]): SettingsTexts {
  const texts = { ...shippedTexts };
  for (const { section, at, remove, insert } of mutations) {
    const before = texts[section];
    if (!('text' in before)) continue;
    const start = Math.floor(at * before.text.length);
    const text = before.text.slice(0, start) + insert + before.text.slice(start + remove);
    texts[section] = { file: before.file, text };
  }
  return texts;
}

t.test('no text makes loading throw, and what is refused has a place and words', (t) => {
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      const texts = mutated(mutations);
      const result = parseSettings(texts, noEnvironment);
      if (result.ok) return;
      t.ok(result.problems.length > 0);
      for (const problem of result.problems) {
        const file = sectionNames.map((one) => texts[one]).find((one) => one.file === problem.file);
        const lines = file !== undefined && 'text' in file ? file.text.split('\n').length + 1 : 0;
        if (problem.line < 1 || problem.line > lines || problem.column < 1) {
          throw new Error(`no such place: ${JSON.stringify(problem)}`);
        }
        if (problem.message === '' || /undefined|\[object/.test(problem.message)) {
          throw new Error(`no such words: ${JSON.stringify(problem)}`);
        }
      }
    }),
    { numRuns: 300 },
  );
  t.equal(({} as Record<string, unknown>)['polluted'], undefined);
  t.end();
});

t.test('values of any shape in any place are refused or taken, never thrown at', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...sectionNames), fc.jsonValue({ maxDepth: 4 }), (section, value) => {
      const { file } = shippedTexts[section];
      const text = JSON.stringify(value);
      const key = {
        process: 'sip',
        trunks: 'trunks',
        partners: 'partners',
        centres: 'centres',
        offers: 'offers',
        ranking: 'rankings',
      }[section];
      for (const content of [
        text,
        `${key}: ${text}`,
        `${key}: [${text}]`,
        `${key}: [{ presentations: ${text}, queues: ${text}, addresses: ${text} }]`,
      ]) {
        parseSettings({ ...shippedTexts, [section]: { file, text: content } }, noEnvironment);
      }
    }),
    { numRuns: 100 },
  );
  t.end();
});
