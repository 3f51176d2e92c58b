// The tables of docs/settings.md, made from the schemas that validate, so that the guide cannot say anything else.
import type { JsonSchema } from './json-schema.js';
import { allowedTexts } from './json-schema.js';
import { needsRestart } from './restart.js';
import { sectionNames, sections } from './sections.js';
import type { SectionName } from './sections.js';

/** The lines of the guide between which the tables stand. */
export const guideMarks = {
  begin: '<!-- settings: from here on written by node dist/src/config/write-settings-guide.js -->',
  end: '<!-- settings: to here -->',
} as const;

/** The guide with its tables made anew. Undefined when it has no marks. */
export function withSettingsTables(guide: string): string | undefined {
  const begin = guide.indexOf(guideMarks.begin);
  const end = guide.indexOf(guideMarks.end);
  if (begin === -1 || end < begin) return undefined;
  const head = guide.slice(0, begin + guideMarks.begin.length);
  return `${head}\n\n${settingsTables()}\n\n${guide.slice(end)}`;
}

/** Every settings file with a table a block, in Markdown. */
export function settingsTables(): string {
  return sectionNames.map((name) => sectionText(name)).join('\n\n');
}

/** One table: the keys of an object, and the objects in lists below it. */
interface Block {
  /** `centres[].queues[]`; empty for the whole file. */
  readonly place: string;
  readonly schema: JsonSchema;
}

function sectionText(name: SectionName): string {
  const { file, schema, title } = sections[name];
  const hasBlocks = name === 'process';
  const blocks = hasBlocks ? topBlocks(schema) : [{ place: '', schema }, ...listBlocks(schema, '')];
  const parts = blocks.map(({ place, schema: block }) => {
    const heading = place === '' ? [] : [`### \`${place}\``];
    return [...heading, table(rowsOf(block, '', hasBlocks ? place : undefined))].join('\n\n');
  });
  return [`## ${file}: ${title.charAt(0).toLowerCase()}${title.slice(1)}`, ...parts].join('\n\n');
}

function topBlocks(schema: JsonSchema): readonly Block[] {
  return Object.entries(schema.properties ?? {}).map(([place, one]) => ({ place, schema: one }));
}

/** The objects in the lists of a schema, at any depth. */
function listBlocks(schema: JsonSchema, place: string): readonly Block[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, one]) => {
    const here = `${place === '' ? '' : `${place}.`}${key}`;
    if (one.properties !== undefined) return listBlocks(one, here);
    const items = one.items;
    if (items?.properties === undefined) return [];
    return [{ place: `${here}[]`, schema: items }, ...listBlocks(items, `${here}[]`)];
  });
}

/** @param block of proffer.yaml: whose rows say when a change takes effect */
function rowsOf(schema: JsonSchema, prefix: string, block: string | undefined): readonly string[][] {
  const required = new Set(schema.required);
  const rows = Object.entries(schema.properties ?? {}).flatMap(([key, one]) => {
    const name = prefix + key;
    if (one.properties !== undefined) return rowsOf(one, `${name}.`, block).slice(1);
    const cells = [
      `\`${name}\``,
      one.description ?? '',
      valuesOf(one),
      defaultOf(one, required.has(key)),
      ...(block === undefined ? [] : [needsRestart(`${block}.${name}`) ? 'at the next start' : 'at once']),
    ];
    return [cells.map((cell) => cell.replaceAll('|', '\\|'))];
  });
  const effect = block === undefined ? [] : ['a change takes effect'];
  return [['key', 'meaning', 'values', 'default', ...effect], ...rows];
}

function valuesOf(schema: JsonSchema): string {
  const words = allowedTexts(schema);
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ');
  switch (schema.type) {
    case 'boolean':
      return '`true`, `false`';
    case 'integer':
    case 'number':
      return `${schema.type === 'integer' ? 'whole number, ' : ''}${rangeOf(schema)}`;
    case 'array':
      return schema.items?.properties === undefined
        ? `list: ${listItemsOf(schema.items)}`
        : 'list; its keys are below';
    case 'object': {
      const [value] = Object.values(schema.patternProperties ?? {});
      return value === undefined ? 'object' : `object: id to ${valuesOf(value)}`;
    }
    case undefined:
    default:
      // What an id may be is said once, above the tables.
      return schema.expects?.startsWith('an id:') === true ? 'id' : (schema.expects ?? 'text');
  }
}

/** Items are described where the list itself says only what it is for. */
function listItemsOf(items: JsonSchema | undefined): string {
  if (items === undefined) return 'anything';
  return allowedTexts(items) === undefined && items.expects === undefined
    ? (items.description ?? valuesOf(items))
    : valuesOf(items);
}

function rangeOf({ minimum, maximum }: JsonSchema): string {
  return `${grouped(minimum ?? -Infinity)} to ${grouped(maximum ?? Infinity)}`;
}

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

function defaultOf(schema: JsonSchema, isRequired: boolean): string {
  const { default: byDefault } = schema;
  if (byDefault === undefined) return isRequired ? '**required**' : 'none';
  if (typeof byDefault === 'number') return `\`${byDefault}\``;
  return `\`${typeof byDefault === 'string' ? byDefault : JSON.stringify(byDefault)}\``;
}

/** A Markdown table with columns of one width, as the formatter of this repository leaves it. */
function table([head = [], ...rows]: readonly string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
