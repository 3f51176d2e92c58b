// Damage to messages: bytes, lines, numbers, lengths, names, and pieces of other messages.
import type { Random } from '../support/random.js';

const bytes = [
  '\r',
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\0',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '=',
  '"',
  '\\',
  '<',
  '>',
  '@',
  '%',
  '%0d%0a',
  '%00',
  '\xff',
  '\xc3\xa9',
  '[',
  ']',
  '::1',
  '?',
  '&',
  '/',
  '*',
];
const numbers = [
  '0',
  '-1',
  '1',
  '255',
  '256',
  '65535',
  '65536',
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
  '99999999999999999999',
  '1e9',
  '0x10',
  '00',
  ' 1',
];
const lines = [
  'Content-Length: 5',
  'l: 99999',
  'CSeq: 1 ACK',
  'Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK1',
  'Via: SIP/2.0/TLS [::1];branch=z9hG4bK',
  'To: <sip:x@y>;tag=z',
  'From: <sip:x@y>',
  'Contact: *',
  'Contact: <tel:1>',
  'Route: <sip:198.51.100.1;lr>',
  'Route: <sip:192.0.2.77;lr>,<sip:198.51.100.1;lr>',
  'Record-Route: <sip:a;lr>',
  'Require: nothing',
  'Proxy-Require: x',
  'Max-Forwards: 0',
  'Max-Forwards: -1',
  ' folded',
  '\tfolded: too',
  ': nameless',
  'X',
  'Expires: 0',
  'Subscription-State: terminated',
  'RAck: 1 1 INVITE',
  'Session-Expires: 1',
  'Replaces: a;to-tag=b;from-tag=c',
  'Timestamp: 1',
  'Unsupported-Header-With-A-Long-Name: value',
] as const;
const methods = [
  'INVITE',
  'ACK',
  'BYE',
  'CANCEL',
  'OPTIONS',
  'REGISTER',
  'PRACK',
  'UPDATE',
  'SUBSCRIBE',
  'NOTIFY',
  'REFER',
  'INFO',
  'MESSAGE',
  'PUBLISH',
  'NOPE',
  'invite',
];

type Mutation = (text: string, random: Random, other: string) => string;

const splice = (text: string, at: number, cut: number, put: string): string =>
  text.slice(0, at) + put + text.slice(at + cut);

function inLine(text: string, random: Random, change: (line: string) => string): string {
  const all = text.split('\r\n');
  const at = random.below(all.length);
  all[at] = change(all[at] ?? '');
  return all.join('\r\n');
}

const mutations: readonly Mutation[] = [
  (text, random) => splice(text, random.below(text.length + 1), 0, random.of(bytes)),
  (text, random) => splice(text, random.below(text.length + 1), 1, String.fromCharCode(random.below(256))),
  (text, random) => splice(text, random.below(text.length + 1), random.below(20), ''),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => {
    const at = random.below(text.length + 1);
    return splice(text, at, 0, text.slice(at, at + random.below(60)).repeat(1 + random.below(8)));
  },
  (text, random) => inLine(text, random, (line) => `${line}\r\n${line}`),
  (text, random) => inLine(text, random, () => ''),
  (text, random) => inLine(text, random, (line) => `${line}\r\n${random.of(lines)}`),
  (text, random) => inLine(text, random, (line) => line.replace(/\d+/, random.of(numbers))),
  (text, random) => inLine(text, random, (line) => line + 'x'.repeat(random.below(3000))),
  (text, random) => inLine(text, random, (line) => line.replace(/[:;=@,<>]/, random.of(bytes))),
  (text, random) => text.replace(/^\S*/, random.of(methods)),
  (text, random) => text.replace(/(CSeq:\s*\d+\s+)\S*/i, `$1${random.of(methods)}`),
  (text, random) => text.replace(/Content-Length:[^\r]*/i, `Content-Length: ${random.of(numbers)}`),
  (text, random, other) =>
    text.slice(0, random.below(text.length + 1)) + other.slice(random.below(other.length + 1)),
  (text, random, other) => {
    const theirs = other.split('\r\n');
    return inLine(text, random, () => random.of(theirs));
  },
];

/** One to four kinds of damage; one message in ten stays as it is. */
export function damaged(text: string, random: Random, other: string): string {
  let result = text;
  for (let times = random.below(10) === 0 ? 0 : 1 + random.below(4); times > 0; times--) {
    result = random.of(mutations)(result, random, other);
  }
  return result.length > 70_000 ? result.slice(0, 70_000) : result;
}
