// Building blocks of the settings schemas. The description of each becomes the help text in an editor and in errors;
// `expects` completes "... is not" for text that does not fit its pattern.
import { Type } from 'typebox';
import type { TLiteral, TUnion } from 'typebox';

/** An id as people type it: letters, digits, `-`, `_` and `.`. */
export const Id = (description: string) =>
  Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$',
    description,
    expects: 'an id: up to 64 letters, digits, "-", "_" and ".", the first a letter or a digit',
  });

export const E164 = Type.String({
  pattern: '^\\+[1-9][0-9]{2,14}$',
  description: 'a number in E.164 form, such as +18005550100',
  expects: 'a number in E.164 form, such as +18005550100',
});

export const SipUriText = (description: string) =>
  Type.String({
    pattern: '^(sips?|tel):.+$',
    description,
    expects: 'a SIP, SIPS or tel URI, such as sip:service@10.0.0.5:5060;transport=udp',
  });

export const DateText = (description: string) =>
  Type.String({
    pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
    description: `${description}, such as 2026-12-31`,
    expects: 'a date in quotes, such as "2026-12-31"',
  });

export const Milliseconds = (description: string, minimum: number, maximum: number, byDefault: number) =>
  Type.Integer({ minimum, maximum, default: byDefault, description: `${description}, in milliseconds` });

export const Percent = (description: string, byDefault: number) =>
  Type.Number({ minimum: 0, maximum: 100, default: byDefault, description: `${description}, in percent` });

export const Money = (description: string) =>
  Type.Number({
    minimum: -1_000_000,
    maximum: 1_000_000,
    description: `${description}, in the partner's currency`,
  });

/** One of fixed words. */
export const OneOf = <const T extends readonly string[]>(
  words: T,
  options: { readonly description: string; readonly default?: T[number] },
) =>
  Type.Union(
    words.map((word) => Type.Literal(word)),
    options,
  ) as unknown as TUnion<{ -readonly [place in keyof T]: TLiteral<T[place] & string> }>;

/** A queue or an IVR pool at a centre, as `centre/queue`. */
export const DestinationRef = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}/[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$',
  description: 'a destination as centre/queue or centre/program, such as east/acme-sales',
  expects: 'a destination as centre/queue or centre/program, such as east/acme-sales',
});

export const WebUrl = (description: string) =>
  Type.String({
    pattern: '^https?://[!-~]+$',
    maxLength: 200,
    description,
    expects: 'an http or https URL without spaces, such as https://scripts.example.com/offer',
  });

/** The name of a chat queue that another system has. */
export const ChatTarget = (description: string) =>
  Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9_.@-]{0,127}$',
    description,
    expects: 'a name: up to 128 letters, digits, "-", "_", "." and "@", the first a letter or a digit',
  });

/** An object that refuses keys that it does not define. */
export const closed = { additionalProperties: false } as const;
