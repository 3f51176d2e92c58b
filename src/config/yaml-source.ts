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
import type { Document, ErrorCode, Node, Pair, YAMLError } from 'yaml';
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

/** Where the words of the YAML library would puzzle people. */
const syntaxWords: Partial<Record<ErrorCode, string>> = {
  TAB_AS_INDENT: 'a tab is not indentation; use spaces',
  NON_STRING_KEY: 'a key is plain text, without a tag and not a list or a block',
  MULTIPLE_DOCS: 'the file has a second document; take out the line with ---',
};

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
      logLevel: 'error',
      prettyErrors: false,
      stringKeys: true,
    });
    const { errors, warnings } = this.#document;
    const syntax = errors.filter((error) => error.code !== 'DUPLICATE_KEY');
    // Errors after the first of its kind are mostly its echo.
    const found = [...syntax.slice(0, 1), ...errors.filter((one) => !syntax.includes(one)), ...warnings];
    const problems = found.map((error) => this.#problemOf(error));
    if (syntax.length === 0) problems.push(...this.#danglingAliases());
    if (syntax.length === 0 && problems.every((one) => one.field !== '')) {
      try {
        this.value = (this.#document.toJS() as unknown) ?? {};
      } catch (error) {
        // Aliases that expand without end.
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
    const message = syntaxWords[error.code] ?? error.message;
    return { ...place, field: '', message: `is not valid YAML: ${message}` };
  }

  #danglingAliases(): SettingsProblem[] {
    const problems: SettingsProblem[] = [];
    visit(this.#document, {
      Alias: (_, alias) => {
        if (alias.resolve(this.#document) !== undefined) return;
        const position = this.#at(alias.range?.[0] ?? 0);
        const message = `is not valid YAML: *${alias.source} stands for nothing: there is no &${alias.source} before it`;
        problems.push({ file: this.file, ...position, field: '', message });
      },
    });
    return problems;
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
