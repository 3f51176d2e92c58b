// JSON Schemas for editors (draft 2020-12), made from the schemas that validate.
import type { JsonSchema } from './json-schema.js';
import { allowedTexts } from './json-schema.js';
import { sectionNames, sections } from './sections.js';

/** One schema file, by its name in config/schema. */
export interface EditorSchema {
  readonly file: string;
  readonly text: string;
}

/** The schema of each settings file, as it is written to config/schema. */
export function editorSchemas(): readonly EditorSchema[] {
  return sectionNames.map((name) => {
    const { file, schema, title } = sections[name];
    const schemaFile = file.replace('.yaml', '.json');
    const content = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: `urn:proffer:settings:${schemaFile}`,
      title: `Proffer ${file}: ${title.toLowerCase()}`,
      ...editorForm(schema, undefined),
    };
    return { file: schemaFile, text: `${JSON.stringify(content, null, 2)}\n` };
  });
}

/**
 * What an editor understands of a schema: what has a default need not be written, fixed words are an `enum`, and
 * `expects` becomes the `patternErrorMessage` of the language servers for JSON and YAML.
 */
function editorForm(schema: JsonSchema, key: string | undefined): Record<string, unknown> {
  const {
    expects,
    anyOf,
    required,
    properties,
    patternProperties,
    items,
    default: byDefault,
    ...rest
  } = schema;
  const needed = required?.filter((name) => properties?.[name]?.default === undefined) ?? [];
  return {
    ...(key === undefined ? {} : { title: wordsOf(key) }),
    ...rest,
    ...(anyOf === undefined ? {} : { type: 'string', enum: allowedTexts(schema) }),
    ...(expects === undefined ? {} : { patternErrorMessage: `This is not ${expects}.` }),
    ...(byDefault === undefined || rest.type === 'object' ? {} : { default: byDefault }),
    ...(needed.length === 0 ? {} : { required: needed }),
    ...(properties === undefined ? {} : { properties: eachEditorForm(properties, true) }),
    ...(patternProperties === undefined
      ? {}
      : { patternProperties: eachEditorForm(patternProperties, false) }),
    ...(items === undefined ? {} : { items: editorForm(items, undefined) }),
  };
}

function eachEditorForm(schemas: Readonly<Record<string, JsonSchema>>, isNamed: boolean): object {
  const forms = Object.entries(schemas).map(([key, one]) => [
    key,
    editorForm(one, isNamed ? key : undefined),
  ]);
  return Object.fromEntries(forms) as object;
}

/** `decisionDeadlineMs` to `Decision deadline ms`. */
function wordsOf(key: string): string {
  const words = key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
