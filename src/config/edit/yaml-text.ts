// A settings file as text and as nodes that know their places in it, for edits that touch no more than they must.
import { isAlias, isCollection, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import type { Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { FieldPath } from '../field-path.js';
import { refusal } from './changes.js';

export type KeyedPair = Pair<Scalar, Node | null>;

export class YamlText {
  readonly text: string;
  readonly document: Document;

  constructor(text: string) {
    this.text = text;
    this.document = parseDocument(text, { keepSourceTokens: true, stringKeys: true, logLevel: 'error' });
    if (this.document.errors.length > 0)
      throw refusal([], 'the file on disk is not valid YAML; put it right by hand first');
  }

  get eol(): string {
    return this.text.includes('\r\n') ? '\r\n' : '\n';
  }

  get values(): unknown {
    return (this.document.toJS() as unknown) ?? {};
  }

  get root(): Node | null {
    return this.document.contents;
  }

  /** The map or list at a path. @throws EditRefusedError where there is none, or an anchor or alias is in the way */
  collection(path: FieldPath): YAMLMap | YAMLSeq {
    let node: unknown = this.root;
    path.forEach((step, index) => {
      this.#plain(node, path.slice(0, index));
      node = isMap(node) ? pairOf(node, step)?.value : isSeq(node) ? node.items[Number(step)] : undefined;
    });
    this.#plain(node, path);
    if (isMap(node) || isSeq(node)) return node;
    throw refusal(path, 'is no map and no list in the file');
  }

  /** An edit through an anchor or alias would change several places at once. */
  #plain(node: unknown, path: FieldPath): void {
    const isShared = isAlias(node) || ((isScalar(node) || isCollection(node)) && node.anchor !== undefined);
    if (isShared) throw refusal(path, 'has an anchor (&) or alias (*) in the file: edit it by hand');
  }

  checkPlain(node: unknown, path: FieldPath): void {
    this.#plain(node, path);
  }

  lineStart(offset: number): number {
    return this.text.lastIndexOf('\n', offset - 1) + 1;
  }

  /** After the newline of the line; the end of the text where it has none. */
  lineEnd(offset: number): number {
    const at = this.text.indexOf('\n', offset);
    return at < 0 ? this.text.length : at + 1;
  }

  column(offset: number): number {
    return offset - this.lineStart(offset);
  }

  /** Stands nothing but spaces before it on its line? */
  isFirstOfLine(offset: number): boolean {
    return this.text.slice(this.lineStart(offset), offset).trim() === '';
  }

  /** Where what is written of a node ends, without comments and newlines after it. */
  contentEnd(node: Node): number {
    if (isMap(node) && node.flow !== true && node.items.length > 0)
      return this.pairEnd(node.items.at(-1) as KeyedPair);
    if (isSeq(node) && node.flow !== true && node.items.length > 0)
      return Math.max(
        this.contentEnd(node.items.at(-1) as Node),
        this.itemStart(node, node.items.length - 1) + 1,
      );
    let end = node.range?.[1] ?? 0;
    while (end > (node.range?.[0] ?? 0) && /[\r\n]/.test(this.text[end - 1] ?? '')) end -= 1;
    return end;
  }

  pairEnd({ key, value }: KeyedPair): number {
    if (value === null) return this.text.indexOf(':', key.range?.[1] ?? 0) + 1;
    return Math.max(this.contentEnd(value), key.range?.[1] ?? 0);
  }

  pairStart({ key }: KeyedPair): number {
    return key.range?.[0] ?? 0;
  }

  /** Of a block list: where the dash stands; of a flow list: where the item begins. */
  itemStart(list: YAMLSeq, index: number): number {
    const item = list.items[index] as Node;
    const token = list.srcToken;
    if (token?.type === 'block-seq') {
      const dash = token.items[index]?.start.find((one) => one.type === 'seq-item-ind');
      if (dash !== undefined) return dash.offset;
    }
    return item.range?.[0] ?? 0;
  }
}

export function pairOf(map: YAMLMap, step: string | number): KeyedPair | undefined {
  return map.items.find((one) => isScalar(one.key) && String(one.key.value) === String(step)) as
    KeyedPair | undefined;
}
