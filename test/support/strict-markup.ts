// A strict reader of our pages: XML rules, so that what a browser would forgive is an error.

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

export interface Markup {
  /** In the order of their start tags. */
  readonly elements: readonly Element[];
  /** All text, in order, unescaped, each run of blanks as one. */
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const token =
  /<!doctype html>|<\/(?<end>[\w-]+)\s*>|<(?<start>[\w-]+)(?<rest>(?:\s+[\w:-]+="[^"<]*")*)\s*(?<empty>\/?)>|(?<text>[^<]+)/gy;

/** @throws Error that says where markup is not well-formed */
export function readMarkup(source: string): Markup {
  const open: string[] = [];
  const elements: Element[] = [];
  const texts: string[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const at = token.lastIndex;
    const groups = token.exec(source)?.groups;
    if (groups === undefined) throw new Error(`not markup at ${String(at)}: ${source.slice(at, at + 80)}`);
    const { end, start, rest = '', empty, text } = groups;
    if (text !== undefined) {
      texts.push(open.at(-1) === 'style' ? '' : unescaped(text));
    } else if (end !== undefined) {
      const last = open.pop();
      if (last !== end) throw new Error(`</${end}> ends <${String(last)}> at ${String(at)}`);
    } else if (start !== undefined) {
      elements.push({ name: start, attributes: attributesOf(rest) });
      if (empty !== '/') open.push(start);
    }
  }
  if (open.length > 0) throw new Error(`never ended: ${open.join(', ')}`);
  return { elements, text: texts.join(' ').replace(/\s+/g, ' ') };
}

function attributesOf(rest: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', value = ''] of rest.matchAll(/([\w:-]+)="([^"]*)"/g)) {
    if (attributes.has(name)) throw new Error(`attribute ${name} is there twice`);
    attributes.set(name, unescaped(value));
  }
  return attributes;
}

function unescaped(text: string): string {
  return text.replace(/&([^;&]*);?/g, (whole, name: string) => {
    const character = entities[name];
    if (character === undefined || !whole.endsWith(';')) throw new Error(`no entity: ${whole}`);
    return character;
  });
}
