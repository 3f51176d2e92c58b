import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import Schema from 'typebox/schema';
import { parse } from 'yaml';
import { editorSchemas } from '../../src/config/editor-schemas.js';
import { repositoryRoot } from '../support/repository-root.js';

const directory = join(repositoryRoot, 'config', 'schema');

type Branch = Readonly<Record<string, unknown>>;

/** Every schema in a schema, with its place. */
function* branches(schema: Branch, place: string): Generator<readonly [string, Branch]> {
  yield [place, schema];
  const children = { ...(schema['properties'] ?? {}), ...(schema['patternProperties'] ?? {}) };
  for (const [key, child] of Object.entries(children)) yield* branches(child as Branch, `${place}.${key}`);
  if (schema['items'] !== undefined) yield* branches(schema['items'] as Branch, `${place}[]`);
}

t.test('config/schema is up to date', (t) => {
  const schemas = editorSchemas();
  t.strictSame(readdirSync(directory).sort(), schemas.map((one) => one.file).sort());
  for (const { file, text } of schemas) {
    const written = readFileSync(join(directory, file), 'utf8');
    t.ok(written === text, `${file}; write it anew with: node dist/src/config/write-schemas.js`);
  }
  t.end();
});

t.test('the schemas say what an editor shows', (t) => {
  for (const { file, text } of editorSchemas()) {
    const schema = JSON.parse(text) as Branch;
    t.equal(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema');
    t.equal(schema['$id'], `urn:proffer:settings:${file}`);
    for (const [place, branch] of branches(schema, file)) {
      const isBlock = branch['type'] === 'object';
      t.ok(isBlock || 'description' in branch || 'enum' in branch, `${place} is explained`);
      t.ok(!('properties' in branch) || branch['additionalProperties'] === false, `${place} is closed`);
      t.ok(!('pattern' in branch) || 'patternErrorMessage' in branch, `${place} says what would be right`);
      t.notOk('expects' in branch || 'anyOf' in branch, `${place} has only words that editors know`);
    }
  }
  t.end();
});

t.test('the shipped files fit them as they are written, without defaults', (t) => {
  for (const { file, text } of editorSchemas()) {
    const yaml = readFileSync(join(repositoryRoot, 'config', file.replace('.json', '.yaml')), 'utf8');
    const [fits, errors] = Schema.Errors(JSON.parse(text) as object, parse(yaml));
    t.ok(fits, file, { errors });
  }
  t.end();
});
