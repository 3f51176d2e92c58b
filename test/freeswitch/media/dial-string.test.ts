// Dial strings, read back the way FreeSWITCH does: expansion of variables, brackets, split at commas, split at `=`.
import fc from 'fast-check';
import t from 'tap';
import { dialString } from '../../../src/freeswitch/media/dial-string.js';

const dial = (headers: Record<string, string>, uri = 'sip:sales@10.0.0.1:5060;transport=tcp') =>
  dialString({ profile: 'internal', uri, headers, ringTimeoutMs: 20_400 });

/** switch_channel_expand_variables as far as backslashes go: only when there is one to take off. */
function expanded(text: string): string {
  if (!/\\[\\nst']/.test(text)) return text;
  return text.replaceAll(/\\\\|\\'/g, (pair) => (pair === '\\\\' ? '\\' : ''));
}

/** separate_string_char_delim and cleanup_separated_string. */
function separated(text: string, delimiter: string, most: number): string[] {
  const parts: string[] = [];
  let part = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "'" && (isQuoted || text.includes("'", at + 1))) isQuoted = !isQuoted;
    if (character === '\\') part += character + text.charAt(++at);
    else if (character === delimiter && !isQuoted && parts.length < most - 1) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].map((one) => cleaned(one, delimiter));
}

function cleaned(text: string, delimiter: string): string {
  const escapes: Record<string, string> = { n: '\n', r: '\r', t: '\t', s: ' ' };
  let out = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const [character, next] = [text.charAt(at), text.charAt(at + 1)];
    if (character === '\\' && ["'", '"', delimiter, '\\'].includes(next)) out += text.charAt(++at);
    else if (character === '\\' && escapes[next] !== undefined) {
      out += escapes[next];
      at += 1;
    } else if (character === "'" && (isQuoted || text.includes("'", at + 1))) isQuoted = !isQuoted;
    else out += character;
  }
  return out.trim();
}

function readBack(text: string): { variables: Record<string, string>; rest: string } {
  const whole = expanded(text);
  let depth = 0;
  let end = 0;
  for (; end < whole.length; end++) {
    if (whole[end] === '{') depth += 1;
    if (whole[end] === '}' && --depth === 0) break;
  }
  const pairs = separated(whole.slice(1, end), ',', 1024).map((pair) => separated(pair, '=', 2));
  const variables: Record<string, string> = {};
  for (const [name, value] of pairs) if (name !== undefined && value !== undefined) variables[name] = value;
  return { variables, rest: whole.slice(end + 1) };
}

void t.test('values arrive as they were', async (t) => {
  for (const value of [
    'plain',
    'a,b,,c',
    "it's",
    "'quoted'",
    '"double", and more',
    'back\\slash \\n',
    'https://crm.example/o?id={7}&x=1,2',
    '<sip:a@b>;purpose=info',
    '  spaces around ',
  ]) {
    const { text = '', leftOut } = dial({ 'X-Offer-URL': value, 'X-Decision-ID': 'a,b' }) ?? {};
    const { variables, rest } = readBack(text);
    t.same(leftOut, []);
    t.equal(variables['sip_h_X-Offer-URL'], value.trim(), value);
    t.equal(variables['sip_h_X-Decision-ID'], 'a,b');
    t.equal(variables['originate_timeout'], '21');
    t.equal(rest, 'sofia/internal/sip:sales@10.0.0.1:5060;transport=tcp');
  }
});

void t.test('any value arrives as it was, or is left out; it never becomes more than a value', async () => {
  const characters = fc.constantFrom(...'ab,\'"\\{}=|$ ;:_\r\n'.split(''));
  fc.assert(
    fc.property(
      fc.array(characters, { maxLength: 12 }),
      fc.array(characters, { maxLength: 12 }),
      (one, two) => {
        const headers = { 'X-One': one.join(''), 'X-Two': two.join('') };
        const { text, leftOut } = dial(headers) ?? { text: '', leftOut: [] };
        const { variables, rest } = readBack(text);
        const names = Object.keys(variables).filter(
          (name) => !/^(sip_h_X-(One|Two)|originate_timeout)$/.test(name),
        );
        const isKept = (name: 'X-One' | 'X-Two') =>
          leftOut.includes(name) || (variables[`sip_h_${name}`] ?? '') === headers[name].trim();
        return names.length === 0 && rest.startsWith('sofia/internal/') && isKept('X-One') && isKept('X-Two');
      },
    ),
    { numRuns: 5000 },
  );
});

void t.test(
  'a header that cannot be written is left out, a URI that cannot be dialled is refused',
  async (t) => {
    const bad = { 'X-A': 'a\r\nX-B: c', 'X-B': '${caller_id}', 'X-C': '}', 'X-D': 'a:_:b', 'X E': 'a' };
    t.same(dial(bad), {
      text: '{originate_timeout=21}sofia/internal/sip:sales@10.0.0.1:5060;transport=tcp',
      leftOut: Object.keys(bad),
    });
    for (const uri of [
      'sip:a@b,c',
      'sip:a@b|x',
      'tel:+15550100',
      'sip:a b@c',
      'sip:${x}@y',
      'sip:a@b}',
      'sip:a@b\n',
      "sip:a'b@c",
    ]) {
      t.equal(dial({}, uri), undefined, uri);
    }
  },
);
