// drachtio.conf.xml as values by path: `admin`, `admin@port`, `sip/contacts/contact`. Elements that drachtio-server does not have are
// refused, with the one that was meant.
import { readFileSync } from 'node:fs';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { errorMessage } from '../../kernel/index.js';
import { didYouMean } from '../closest.js';
import type { SettingsProblem } from '../problems.js';
import { engineOptions, structuralElements } from './option-table.js';
import type { EngineOption } from './option-table.js';

/** One element that has a text or attributes. */
export interface XmlElement {
  /** Below `<drachtio>`, such as `sip/contacts/contact`. */
  readonly path: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements inside it. */
  readonly children: readonly XmlElement[];
}

export interface XmlSettings {
  /** The whole tree, flat, in the order of the file. */
  readonly elements: readonly XmlElement[];
  readonly problems: readonly SettingsProblem[];
}

type Node = Readonly<Record<string, unknown>>;
const attributesKey = ':@';
const maxDepth = 16;

const known = new Set<string>(Object.keys(structuralElements));
for (const option of Object.values<EngineOption>(engineOptions)) {
  if (option.element !== undefined) known.add(option.element);
}
/** Every element on the way to a known one. */
const knownElements = new Set<string>();
for (const path of known) {
  const parts = path.replace(/@.*$/, '').split('/');
  for (let length = 1; length <= parts.length; length += 1)
    knownElements.add(parts.slice(0, length).join('/'));
}

/** @param file as the user named it */
export function readXmlSettings(file: string): XmlSettings {
  const problem = (field: string, message: string, line = 0): SettingsProblem => ({
    file,
    line,
    column: 0,
    field,
    message,
  });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { elements: [], problems: [problem('', `cannot be read: ${errorMessage(error)}`)] };
  }
  // The parser forgives nearly everything. The validator has moved to a package of its own, which this version still brings along.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const validity = XMLValidator.validate(text);
  if (validity !== true) {
    return { elements: [], problems: [problem('', `is no XML: ${validity.err.msg}`, validity.err.line)] };
  }
  const roots = parse(text).filter((node) => !tagOf(node).startsWith('?'));
  const root = roots[0];
  if (roots.length !== 1 || root === undefined || tagOf(root) !== 'drachtio') {
    return { elements: [], problems: [problem('', 'must hold one element <drachtio>')] };
  }
  const elements: XmlElement[] = [];
  for (const child of childrenOf(root)) walk(child, '', elements, 0);
  return {
    elements,
    problems: elements.flatMap((element) => unknownParts(element).map(([at, why]) => problem(at, why))),
  };
}

function parse(text: string): readonly Node[] {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: true,
  });
  return parser.parse(text) as readonly Node[];
}

const tagOf = (node: Node): string => Object.keys(node).find((key) => key !== attributesKey) ?? '';

function childrenOf(node: Node): readonly Node[] {
  const inner = node[tagOf(node)];
  return Array.isArray(inner) ? (inner as readonly Node[]) : [];
}

function walk(node: Node, above: string, into: XmlElement[], depth: number): XmlElement | undefined {
  const tag = tagOf(node);
  if (tag === '#text' || depth > maxDepth) return undefined;
  const path = above === '' ? tag : `${above}/${tag}`;
  const inner = childrenOf(node);
  const children: XmlElement[] = [];
  const element: XmlElement = {
    path,
    text: inner
      .map((child) => (typeof child['#text'] === 'string' ? child['#text'] : ''))
      .join('')
      .trim(),
    attributes: (node[attributesKey] ?? {}) as Readonly<Record<string, string>>,
    children,
  };
  into.push(element);
  for (const child of inner) {
    const made = walk(child, path, into, depth + 1);
    if (made !== undefined) children.push(made);
  }
  return element;
}

function unknownParts({ path, attributes }: XmlElement): readonly (readonly [field: string, why: string])[] {
  const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
  if (!knownElements.has(path)) {
    // Its parent is refused already.
    if (parent !== '' && !knownElements.has(parent)) return [];
    const name = path.slice(parent === '' ? 0 : parent.length + 1);
    const siblings = [...knownElements]
      .filter((one) => one.startsWith(parent === '' ? '' : `${parent}/`))
      .map((one) => one.slice(parent === '' ? 0 : parent.length + 1))
      .filter((one) => !one.includes('/'));
    return [[asElements(path), `is no element of drachtio-server${didYouMean(name, siblings)}`]];
  }
  const taken = [...known]
    .filter((one) => one.startsWith(`${path}@`))
    .map((one) => one.slice(path.length + 1));
  return Object.keys(attributes)
    .filter((name) => !taken.includes(name))
    .map((name) => [
      `${asElements(path)} ${name}`,
      `is no attribute of drachtio-server${didYouMean(name, taken)}`,
    ]);
}

/** `sip/tls/key-file` -> `<sip><tls><key-file>` */
export function asElements(path: string): string {
  const [elements = '', attribute] = path.split('@');
  const tags = elements
    .split('/')
    .map((tag) => `<${tag}>`)
    .join('');
  return attribute === undefined ? tags : `${tags} ${attribute}`;
}
