// Dial strings of FreeSWITCH: `{name=value,...}[name=value,...]sofia/PROFILE/URI`, several of them with `|` between.

export interface DialTarget {
  /** `internal`; '' when it is no call over SIP. */
  readonly profile: string;
  /** Such as `sip:agent1001@127.0.0.1:5095`. */
  readonly uri: string;
  /** Channel variables of the new leg; those of the whole string first. */
  readonly variables: ReadonlyMap<string, string>;
}

const otherDelimiter = /^\^\^(.)/;

/** Targets in the order in which they are tried; none when the string is none. */
export function parseDialString(text: string): readonly DialTarget[] {
  const shared = takeVariables(text.trim(), '{', '}');
  if (shared === undefined) return [];
  const targets = splitOutside(shared.rest, '|').map((one) => parseTarget(one.trim(), shared.variables));
  return targets.every((one) => one !== undefined) ? targets : [];
}

function parseTarget(text: string, shared: ReadonlyMap<string, string>): DialTarget | undefined {
  const own = takeVariables(text, '[', ']');
  if (own === undefined || own.rest === '') return undefined;
  const variables = new Map([...shared, ...own.variables]);
  const [, profile, address] = /^sofia\/([^/]+)\/(.+)$/.exec(own.rest) ?? [];
  if (profile === undefined || address === undefined) return { profile: '', uri: own.rest, variables };
  return { profile, uri: /^sips?:/i.test(address) ? address : `sip:${address}`, variables };
}

/** Takes every bracket from the front. @returns undefined when one is not closed */
function takeVariables(
  text: string,
  opening: string,
  closing: string,
): { readonly variables: ReadonlyMap<string, string>; readonly rest: string } | undefined {
  const variables = new Map<string, string>();
  let rest = text;
  while (rest.startsWith(opening)) {
    const end = endOfBracket(rest, opening, closing);
    if (end === -1) return undefined;
    for (const [name, value] of parseVariables(rest.slice(1, end))) variables.set(name, value);
    rest = rest.slice(end + 1).trimStart();
  }
  return { variables, rest };
}

/** `a=b,c='d, e'`; `^^:` in front makes `:` the delimiter. */
export function parseVariables(text: string): ReadonlyMap<string, string> {
  const delimiter = otherDelimiter.exec(text)?.[1];
  const list = delimiter === undefined ? splitOutside(text, ',') : text.slice(3).split(delimiter);
  const variables = new Map<string, string>();
  for (const one of list) {
    const equals = one.indexOf('=');
    if (equals > 0) variables.set(one.slice(0, equals).trim(), unquoted(one.slice(equals + 1)));
  }
  return variables;
}

function unquoted(value: string): string {
  const inner = /^\s*'(.*)'\s*$/s.exec(value)?.[1] ?? value;
  return inner.replace(/\\([',\\|\]}])/g, '$1');
}

/** Splits at a delimiter that is neither quoted nor escaped, nor inside brackets. */
export function splitOutside(text: string, delimiter: string): readonly string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const one = text[at] ?? '';
    if (one === '\\') at += 1;
    else if (one === "'") isQuoted = !isQuoted;
    else if (!isQuoted && '[{'.includes(one)) depth += 1;
    else if (!isQuoted && ']}'.includes(one)) depth -= 1;
    else if (!isQuoted && depth <= 0 && one === delimiter) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function endOfBracket(text: string, opening: string, closing: string): number {
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const one = text[at] ?? '';
    if (one === '\\') at += 1;
    else if (one === "'") isQuoted = !isQuoted;
    else if (!isQuoted && one === opening) depth += 1;
    else if (!isQuoted && one === closing && --depth === 0) return at;
  }
  return -1;
}
