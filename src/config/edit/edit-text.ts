// Edits of a settings file's text that leave every line alone that they need not touch: comments, order, blank lines and quotes stay.
import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq } from 'yaml';
import type { Node, YAMLMap, YAMLSeq } from 'yaml';
import type { FieldPath } from '../field-path.js';
import { editedValues, refusal, smallEdits } from './changes.js';
import type { SettingsEdit } from './changes.js';
import { inlineText, itemLines, lines, pairLines, scalarText } from './render.js';
import { pairOf, YamlText } from './yaml-text.js';
import type { KeyedPair } from './yaml-text.js';

/**
 * The text with the edits made, one after the other: each path is of the file as the edits before it left it.
 * @throws EditRefusedError and nothing was changed: the path is not there, or the text is one that must be edited by hand
 */
export function editText(text: string, edits: readonly SettingsEdit[]): string {
  return edits.reduce((here, edit) => {
    const values = new YamlText(here).values;
    const wanted = editedValues(values, edit);
    const edited = smallEdits(values, edit).reduce(editOnce, here);
    // Whatever this editor overlooks is refused and never written.
    if (isDeepStrictEqual(new YamlText(edited).values, wanted)) return edited;
    throw refusal(edit.path, 'is written in a way that cannot be edited here: edit the file by hand');
  }, text);
}

function editOnce(text: string, edit: SettingsEdit): string {
  const source = new YamlText(text);
  const last = edit.path.at(-1) ?? '';
  const { path, missing } = existing(source, edit);
  if (source.root === null) {
    const nested = missing.reduceRight<unknown>((held, key) => ({ [key]: held }), valueOf(edit));
    return appended(source, lines(nested, 0));
  }
  const holder = source.collection(path);
  if (missing.length > 0 && isMap(holder)) {
    const [key = '', ...below] = missing;
    const value = below.reduceRight<unknown>((held, one) => ({ [one]: held }), valueOf(edit));
    return addPair(source, holder, { key, value });
  }
  if (isSeq(holder)) return editItem(source, holder, edit);
  const pair = pairOf(holder, last);
  if (pair === undefined) throw refusal(edit.path, 'is not in the file');
  if (edit.op === 'remove') return removePair(source, holder, pair);
  source.checkPlain(pair.value, edit.path);
  return setPair(source, pair, { value: valueOf(edit), isFlow: holder.flow === true });
}

function valueOf(edit: SettingsEdit): unknown {
  return 'value' in edit ? edit.value : undefined;
}

/** The holder of the edited value as far as it is there, and the keys that a `set` makes below it. */
function existing(source: YamlText, edit: SettingsEdit): { path: FieldPath; missing: readonly string[] } {
  let node: unknown = source.root;
  for (const [index, step] of edit.path.entries()) {
    if (!isMap(node)) node = isSeq(node) ? node.items[Number(step)] : undefined;
    else {
      const next = pairOf(node, step)?.value;
      if (next === undefined && edit.op === 'set')
        return { path: edit.path.slice(0, index), missing: edit.path.slice(index).map(String) };
      node = next;
    }
  }
  return source.root === null
    ? { path: [], missing: edit.path.map(String) }
    : { path: edit.path.slice(0, -1), missing: [] };
}

function isNothing(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null);
}

function replaced(text: string, [from, to]: readonly [number, number], by: string): string {
  return text.slice(0, from) + by + text.slice(to);
}

function appended({ text, eol }: YamlText, added: readonly string[]): string {
  const gap = text === '' || text.endsWith('\n') ? '' : eol;
  return `${text}${gap}${added.join(eol)}${eol}`;
}

/** Puts whole lines after the line on which `offset` stands. */
function linesAfter(source: YamlText, offset: number, added: readonly string[]): string {
  const at = source.lineEnd(offset);
  if (at > 0 && source.text[at - 1] === '\n')
    return replaced(source.text, [at, at], `${added.join(source.eol)}${source.eol}`);
  return appended(source, added);
}

function isPlainValue(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Object.keys(value).length === 0;
}

function addPair(source: YamlText, map: YAMLMap, { key, value }: { key: string; value: unknown }): string {
  const lastPair = map.items.at(-1) as KeyedPair | undefined;
  if (lastPair === undefined) {
    const [from = 0, to = 0] = map.range ?? [];
    if (map === source.root)
      return replaced(source.text, [from, to], lines({ [key]: value }, 0).join(source.eol));
    return replaced(source.text, [from, to], inlineText({ [key]: value }));
  }
  const end = source.pairEnd(lastPair);
  if (map.flow === true)
    return replaced(source.text, [end, end], `, ${inlineText(key)}: ${inlineText(value)}`);
  const indent = source.column(source.pairStart(map.items[0] as KeyedPair));
  // A plain value stands with the plain ones, before what opens a block.
  const plain = isPlainValue(value)
    ? (map.items as KeyedPair[]).findLast((one) => !isBlock(one.value))
    : undefined;
  return linesAfter(source, plain === undefined ? end : source.pairEnd(plain), pairLines(key, value, indent));
}

function setPair(
  source: YamlText,
  pair: KeyedPair,
  { value, isFlow }: { readonly value: unknown; readonly isFlow: boolean },
): string {
  const from = source.text.indexOf(':', pair.key.range?.[1] ?? 0) + 1;
  const to = Math.max(source.pairEnd(pair), from);
  const old = pair.value;
  const isBlockBefore = isBlock(old);
  if (
    old !== null &&
    isPlainOrFlow(old) &&
    !isNothing(old) &&
    (isFlow || isPlainValue(value) || !isScalar(old))
  ) {
    const start = old.range?.[0] ?? from;
    const written = source.text.slice(start, to);
    const text =
      isPlainValue(value) && !isFlow
        ? scalarOrEmpty(value, isScalar(old) ? written : undefined)
        : inlineText(value);
    return replaced(source.text, [start, to], text);
  }
  if (isFlow) return replaced(source.text, [from, to], ` ${inlineText(value)}`);
  const indent = source.column(source.pairStart(pair));
  const [first = '', ...rest] = pairLines('k', value, indent);
  const text = [first.slice(indent + 'k:'.length), ...rest].join(source.eol);
  const end = isBlockBefore || !isPlainValue(value) || old === null || !isNothing(old) ? to : from;
  return replaced(source.text, [from, end], text);
}

function isBlock(node: Node | null): boolean {
  return (isMap(node) || isSeq(node)) && node.flow !== true && node.items.length > 0;
}

function isPlainOrFlow(node: Node): boolean {
  if (isScalar(node))
    return node.type === 'PLAIN' || node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  return (isMap(node) || isSeq(node)) && (node.flow === true || node.items.length === 0);
}

function scalarOrEmpty(value: unknown, before: string | undefined): string {
  return typeof value === 'object' && value !== null ? inlineText(value) : scalarText(value, before);
}

function removePair(source: YamlText, map: YAMLMap, pair: KeyedPair): string {
  const { text } = source;
  const index = map.items.indexOf(pair);
  const next = map.items[index + 1] as KeyedPair | undefined;
  const before = map.items[index - 1] as KeyedPair | undefined;
  const start = source.pairStart(pair);
  if (map.items.length === 1) return emptied(source, map, '{}');
  if (map.flow === true) {
    if (next !== undefined) return replaced(text, [start, source.pairStart(next)], '');
    return replaced(text, [before === undefined ? start : source.pairEnd(before), source.pairEnd(pair)], '');
  }
  if (source.isFirstOfLine(start))
    return replaced(text, [source.lineStart(start), source.lineEnd(source.pairEnd(pair))], '');
  // The first key of an item stands behind its dash: the next one takes its place.
  return replaced(text, [start, next === undefined ? source.pairEnd(pair) : source.pairStart(next)], '');
}

/** The last key or item goes: what is left is `{}` or `[]`, where the block stood. */
function emptied(source: YamlText, node: YAMLMap | YAMLSeq, as: string): string {
  const from = isSeq(node) ? source.itemStart(node, 0) : source.pairStart(node.items[0] as KeyedPair);
  const to = source.contentEnd(node);
  const [start = 0, end = 0] = node.range ?? [];
  if (node.flow === true) return replaced(source.text, [start, end], as);
  // Comments above the first item stay where they are.
  return replaced(source.text, [from, to], as);
}

function editItem(source: YamlText, list: YAMLSeq, edit: SettingsEdit): string {
  const index = Number(edit.path.at(-1));
  switch (edit.op) {
    case 'insert':
      return insertItem(source, list, { index, value: edit.value });
    case 'remove':
      return removeItem(source, list, index);
    case 'move':
      return moveItem(source, list, { path: edit.path, index, to: edit.to });
    case 'set': {
      const node = list.items[index] as Node;
      source.checkPlain(node, edit.path);
      return setItem(source, list, { index, node, value: edit.value });
    }
  }
}

function setItem(
  source: YamlText,
  list: YAMLSeq,
  { index, node, value }: { readonly index: number; readonly node: Node; readonly value: unknown },
): string {
  const start = node.range?.[0] ?? 0;
  const end = source.contentEnd(node);
  if (list.flow === true || (!isPlainValue(value) && isPlainOrFlow(node) && !isScalar(node)))
    return replaced(source.text, [start, end], inlineText(value));
  if (isPlainValue(value) && isPlainOrFlow(node))
    return replaced(source.text, [start, end], scalarOrEmpty(value, source.text.slice(start, end)));
  const dash = source.itemStart(list, index);
  const text = itemLines(value, source.column(dash)).join(source.eol).trimStart();
  return replaced(source.text, [dash, Math.max(end, dash + 1)], text);
}

function insertItem(
  source: YamlText,
  list: YAMLSeq,
  { index, value }: { readonly index: number; readonly value: unknown },
): string {
  const { items } = list;
  const isFirst = items.length === 0;
  if (isFirst) {
    const [from = 0, to = 0] = list.range ?? [];
    return replaced(source.text, [from, to], inlineText([value]));
  }
  if (list.flow === true) return insertInline(source, list, { index, written: inlineText(value) });
  const indent = source.column(source.itemStart(list, 0));
  const neighbour = items[Math.min(index, items.length - 1)];
  const isInline = isMap(neighbour) && neighbour.flow === true;
  const added = isInline ? [`${' '.repeat(indent)}- ${inlineText(value)}`] : itemLines(value, indent);
  return placeLines(source, list, { index, added });
}

function insertInline(
  source: YamlText,
  { items }: YAMLSeq,
  { index, written }: { readonly index: number; readonly written: string },
): string {
  const end = source.contentEnd(items.at(-1) as Node);
  if (index >= items.length) return replaced(source.text, [end, end], `, ${written}`);
  const start = (items[index] as Node).range?.[0] ?? 0;
  return replaced(source.text, [start, start], `${written}, `);
}

/** Puts the lines of an item where item `index` stands; with a blank line where the items have blank lines between. */
function placeLines(
  source: YamlText,
  list: YAMLSeq,
  { index, added }: { readonly index: number; readonly added: readonly string[] },
): string {
  const { items } = list;
  if (index > 0) {
    const before = source.contentEnd(items[index - 1] as Node);
    return linesAfter(source, before, isSpaced(source, list) ? ['', ...added] : added);
  }
  const at = source.lineStart(source.itemStart(list, 0));
  const spacing = isSpaced(source, list) ? [...added, ''] : added;
  return replaced(source.text, [at, at], `${spacing.join(source.eol)}${source.eol}`);
}

function isSpaced(source: YamlText, list: YAMLSeq): boolean {
  const [first, second] = list.items as Node[];
  if (first === undefined || second === undefined) return false;
  const between = source.text.slice(source.contentEnd(first), source.itemStart(list, 1));
  return /\n[ \t]*\r?\n/.test(between);
}

function removeItem(source: YamlText, list: YAMLSeq, index: number): string {
  const { items } = list;
  const node = items[index] as Node;
  if (items.length === 1) return emptied(source, list, '[]');
  if (list.flow === true) {
    const next = items[index + 1] as Node | undefined;
    const before = items[index - 1] as Node | undefined;
    const start = node.range?.[0] ?? 0;
    if (next !== undefined) return replaced(source.text, [start, next.range?.[0] ?? start], '');
    return replaced(
      source.text,
      [before === undefined ? start : source.contentEnd(before), source.contentEnd(node)],
      '',
    );
  }
  const [from, to] = itemRange(source, list, index);
  return replaced(source.text, [from, to], '');
}

/** The lines of an item of a block list, and the blank line after it where there is one before it, too. */
function itemRange(source: YamlText, list: YAMLSeq, index: number): readonly [number, number] {
  const dash = source.itemStart(list, index);
  const from = source.lineStart(dash);
  const to = source.lineEnd(Math.max(source.contentEnd(list.items[index] as Node), dash));
  const isBlank = (start: number): boolean =>
    start < source.text.length && source.text.slice(start, source.lineEnd(start)).trim() === '';
  const isBlankBefore = from > 0 && isBlank(source.lineStart(from - 1));
  return isBlankBefore && isBlank(to) ? [from, source.lineEnd(to)] : [from, to];
}

function moveItem(
  source: YamlText,
  list: YAMLSeq,
  { path, index, to }: { readonly path: FieldPath; readonly index: number; readonly to: number },
): string {
  if (to === index) return source.text;
  const node = list.items[index] as Node;
  if (list.flow === true) {
    const written = source.text.slice(node.range?.[0] ?? 0, source.contentEnd(node));
    const without = new YamlText(removeItem(source, list, index));
    return insertInline(without, listAt(without, path), { index: to, written });
  }
  const dash = source.itemStart(list, index);
  const end = source.lineEnd(Math.max(source.contentEnd(node), dash));
  const added = source.text.slice(source.lineStart(dash), end).trimEnd().split(/\r?\n/);
  const spaced = isSpaced(source, list);
  const without = new YamlText(removeItem(source, list, index));
  const rest = listAt(without, path);
  const isStillSpaced = rest.items.length > 1;
  const lined = spaced && !isStillSpaced ? (to > 0 ? ['', ...added] : [...added, '']) : added;
  return placeLines(without, rest, { index: to, added: lined });
}

function listAt(source: YamlText, path: FieldPath): YAMLSeq {
  const list = source.collection(path.slice(0, -1));
  if (isSeq(list)) return list;
  throw refusal(path, 'is no list');
}
