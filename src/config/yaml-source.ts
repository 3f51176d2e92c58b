// One YAML file that remembers where each value stands.
import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { Document, Node, Pair, YAMLError } from 'yaml';
import { errorMessage } from '../kernel/index.js';
import { formatFieldPath } from './field-path.js';
import type { FieldPath } from './field-path.js';
import type { SettingsProblem } from './problems.js';

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** The text of one file, parsed as YAML 1.2. Never throws: what cannot be read is in `problems`. */
export class YamlSource {
  readonly file: string;
  /** What YAML itself finds wrong: syntax, keys that are there twice, unknown tags. */
  readonly problems: readonly SettingsProblem[];
  /** The data; undefined when the file cannot be read as data. An empty file is an empty set of keys. */
  readonly value: unknown;
  readonly #document: Document;
  readonly #lines = new LineCounter();

  constructor(file: string, text: string) {
    this.file = file;
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      logLevel: 'silent',
      prettyErrors: false,
      stringKeys: true,
    });
    const found = [...this.#document.errors, ...this.#document.warnings];
    const problems = found.map((error) => this.#problemOf(error));
    const fatal = this.#document.errors.some((error) => error.code !== 'DUPLICATE_KEY');
    if (!fatal) {
      try {
        this.value = (this.#document.toJS() as unknown) ?? {};
      } catch (error) {
        // Aliases that expand without end, or that name no anchor.
        problems.push({
          file,
          line: 1,
          column: 1,
          field: '',
          message: `is not YAML: ${errorMessage(error)}`,
        });
      }
    }
    this.problems = problems;
  }

  /** Where the value at `path` stands; of a missing value, the nearest thing around it that is there. */
  position(path: FieldPath): Position {
    return this.#at(this.#walk(path, false));
  }

  /** Where the last key of `path` stands. */
  keyPosition(path: FieldPath): Position {
    return this.#at(this.#walk(path, true));
  }

  /** Is something written at `path`? */
  has(path: FieldPath): boolean {
    let node = this.#resolve(this.#document.contents);
    for (const step of path) {
      const next = isCollection(node) ? node.get(step, true) : undefined;
      if (next === undefined) return false;
      node = this.#resolve(next);
    }
    return true;
  }

  /** The scalar at `path` as it is written in the file, such as `+18005550100`. */
  written(path: FieldPath): string | undefined {
    const node: unknown = this.#document.getIn(path, true);
    return isScalar(node) && typeof node.source === 'string' ? node.source : undefined;
  }

  #walk(path: FieldPath, key: boolean): number {
    let offset = this.#document.contents?.range?.[0] ?? 0;
    let node = this.#resolve(this.#document.contents);
    for (const [index, step] of path.entries()) {
      const isLast = index === path.length - 1;
      if (isSeq(node)) {
        const item = node.items[Number(step)] as Node | undefined;
        if (item === undefined) break;
        offset = item.range?.[0] ?? offset;
        node = this.#resolve(item);
      } else if (isMap(node)) {
        const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === String(step));
        if (pair === undefined) break;
        offset = this.#offsetOf(pair as Pair<Node, Node | null>, isLast && key);
        node = this.#resolve(pair.value);
      } else {
        break;
      }
    }
    return offset;
  }

  /** A scalar stands where it begins; a block stands at its key, which is the line that people look for. */
  #offsetOf(pair: Pair<Node, Node | null>, key: boolean): number {
    const { value } = pair;
    const isAtValue = !key && isScalar(value) && value.source !== '';
    return (isAtValue ? value.range : pair.key.range)?.[0] ?? 0;
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node;
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  #problemOf(error: YAMLError): SettingsProblem {
    const position = this.#at(error.pos[0]);
    const place = { file: this.file, ...position };
    if (error.code === 'DUPLICATE_KEY') {
      const { field, key } = this.#keyAt(error.pos[0]);
      return { ...place, field, message: `the key ${JSON.stringify(key)} is here twice; keep one` };
    }
    const message = error.message.replace(/ at line \d+.*$/su, '');
    return { ...place, field: '', message: `is not valid YAML: ${message}` };
  }

  #keyAt(offset: number): { field: string; key: string } {
    let found: { field: string; key: string } | undefined;
    visit(this.#document, {
      Pair: (_, pair, ancestors) => {
        if (!isScalar(pair.key) || pair.key.range?.[0] !== offset) return undefined;
        const key = String(pair.key.value);
        found = { field: formatFieldPath([...pathOf([...ancestors, pair])]), key };
        return visit.BREAK;
      },
    });
    return found ?? { field: '', key: '' };
  }
}

/** The path of the last node of a chain that begins at the document. */
function pathOf(chain: readonly unknown[]): FieldPath {
  const path: (string | number)[] = [];
  chain.forEach((node, index) => {
    const child = chain[index + 1];
    if (isSeq(node) && child !== undefined) path.push(node.items.indexOf(child));
    if (isPair(node) && isScalar(node.key)) path.push(String(node.key.value));
  });
  return path;
}
