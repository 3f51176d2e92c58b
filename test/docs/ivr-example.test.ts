// The examples of docs/ivr.md are settings that the loader takes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { parse, stringify } from 'yaml';
import { parseSettings } from '../../src/config/load.js';
import { linesOf, noEnvironment, shippedTexts } from '../config/shipped.js';
import { repositoryRoot } from '../support/repository-root.js';

type Block = Readonly<Record<string, unknown>>;

/** Lays an example over the shipped file: lists by the id of their items, everything else replaced. */
function laidOver(base: unknown, example: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(example) && typeof example[0] === 'object') {
    const id = Object.keys(example[0] as Block)[0] ?? '';
    if (id === 'presentation') return example;
    const items = base as readonly Block[];
    const given = example as readonly Block[];
    const isNew = (one: Block): boolean => !items.some((item) => item[id] === one[id]);
    return [
      ...given.filter(isNew),
      ...items.map((item) => laidOver(item, given.find((one) => one[id] === item[id]) ?? {})),
    ];
  }
  if (typeof base !== 'object' || typeof example !== 'object' || base === null || Array.isArray(base))
    return example;
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(example as Block)) {
    result[key] = key in base ? laidOver((base as Block)[key], value) : value;
  }
  return result;
}

t.test('the examples can be used', (t) => {
  const text = readFileSync(join(repositoryRoot, 'docs', 'ivr.md'), 'utf8');
  const blocks = [...text.matchAll(/^```yaml\n([\s\S]*?)^```/gm)].map(
    ([, block]) => parse(block ?? '') as Block,
  );
  t.equal(blocks.length, 2);
  const texts = { ...shippedTexts };
  for (const block of blocks) {
    const name = 'menus' in block ? 'offers' : 'partners';
    const before = texts[name];
    if (!('text' in before)) throw new Error(`${name} cannot be read`);
    texts[name] = { file: before.file, text: stringify(laidOver(parse(before.text), block)) };
  }
  const result = parseSettings(texts, noEnvironment);
  t.same(linesOf(result), []);
  const settings = result.ok ? result.settings : undefined;
  t.equal(settings?.offers.menus[0]?.steps.length, 7);
  t.equal(settings?.partners.partners[0]?.identification?.tries, 2);
  t.equal(settings?.offers.offers[1]?.presentations[0]?.menu, 'travel');
  t.end();
});
