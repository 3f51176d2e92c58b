// Values as YAML text that fits into a file that is there already.
import { Document, isMap, isScalar, isSeq, visit } from 'yaml';

const options = { lineWidth: 0, singleQuote: true, flowCollectionPadding: false, blockQuote: false } as const;

/** On one line; right in lists and maps of either style. */
export function inlineText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineText).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value).map(([key, one]) => `${inlineText(key)}: ${inlineText(one)}`);
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
  }
  if (isManyLines(value)) return JSON.stringify(value);
  const document = new Document([value]);
  if (isSeq(document.contents)) document.contents.flow = true;
  return document.toString(options).trim().slice(1, -1);
}

/** A scalar after `key: `, where commas and brackets need no quotes; with the quotes of the text it replaces, if any. */
export function scalarText(value: unknown, before?: string): string {
  const quote = before?.[0];
  if (isManyLines(value) || (typeof value === 'string' && quote === '"')) return JSON.stringify(value);
  if (typeof value === 'string' && quote === "'") return `'${value.replaceAll("'", "''")}'`;
  return new Document(value).toString(options).trimEnd();
}

/** Lines of `key: value` in block style, each with `indent` spaces before it. */
export function pairLines(key: string, value: unknown, indent: number): readonly string[] {
  return lines({ [key]: value }, indent);
}

/** Lines of `- value` in block style. */
export function itemLines(value: unknown, indent: number): readonly string[] {
  return lines([value], indent);
}

/** Lines of a filled map or list in block style. */
export function lines(value: unknown, indent: number): readonly string[] {
  const document = new Document(value);
  visit(document, {
    Seq: (key, node) => {
      // A list of plain values stands on its line; the outermost stays a block.
      if (key !== null && node.items.every((one) => isScalar(one))) node.flow = true;
    },
    Scalar: (_, node) => {
      if (isManyLines(node.value)) node.type = 'QUOTE_DOUBLE';
    },
    Map: (_, node) => {
      if (isMap(node) && node.items.length === 0) node.flow = true;
    },
  });
  return document
    .toString(options)
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? line : `${' '.repeat(indent)}${line}`));
}

/** JSON's escapes are YAML's, too. */
function isManyLines(value: unknown): boolean {
  return typeof value === 'string' && /[\p{Cc}\u2028\u2029]/u.test(value);
}
