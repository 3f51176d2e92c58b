// Dial strings of FreeSWITCH (`bridge`): `{variable=value,...}sofia/<profile>/<uri>`. A value passes through the expansion of
// variables (switch_channel_expand_variables), is split at commas and at `=` (switch_separate_string), and each step takes one layer
// of backslashes off.

export interface DialString {
  readonly text: string;
  /** Headers that cannot be written in one: control characters, `${`, braces without their partner, `:_:`. */
  readonly leftOut: readonly string[];
}

export interface Dial {
  readonly profile: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ringTimeoutMs: number;
}

/** A SIP URI that needs no escaping: what splits a dial string is not in it. */
const plainUri = /^sips?:[A-Za-z0-9_.!~*()&=+$;?/:@%[\]-]{1,500}$/;
const plainName = /^[A-Za-z0-9-]{1,64}$/;

/** Undefined when the URI cannot be dialled. */
export function dialString({ profile, uri, headers, ringTimeoutMs }: Dial): DialString | undefined {
  if (!plainUri.test(uri) || uri.includes('${') || uri.includes(':_:')) return undefined;
  const names = Object.keys(headers);
  const leftOut = names.filter((name) => !plainName.test(name) || !isWritable(headers[name] ?? ''));
  const written = names.filter((name) => !leftOut.includes(name));
  const isDeep = written.some((name) => /['\\]/.test(headers[name] ?? ''));
  const seconds = Math.max(1, Math.ceil(ringTimeoutMs / 1000));
  const variables = [
    `originate_timeout=${seconds}`,
    ...written.map((name) => `sip_h_${name}=${escapeValue((headers[name] ?? '').trim(), isDeep)}`),
  ];
  return { text: `{${variables.join(',')}}sofia/${profile}/${uri}`, leftOut };
}

/**
 * @param isDeep a quote or a backslash is in one of the values: the expansion of variables then goes over the whole dial string and
 * takes a layer of backslashes off everywhere
 */
function escapeValue(value: string, isDeep: boolean): string {
  const once = isDeep ? escaped(escaped(value, ''), ',') : escaped(value, ',');
  return isDeep ? once.replaceAll('\\', '\\\\') : once;
}

function escaped(value: string, separator: string): string {
  const text = value.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  return separator === '' ? text : text.replaceAll(separator, `\\${separator}`);
}

function isWritable(value: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]|\$\{|:_:/.test(value)) return false;
  let depth = 0;
  for (const character of value) {
    if (character === '{') depth += 1;
    if (character === '}') depth -= 1;
    if (depth < 0) return false;
  }
  return depth === 0;
}
