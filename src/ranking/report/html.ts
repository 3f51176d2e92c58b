// HTML whose data is escaped by construction: what a template interpolates is text unless it is Html itself. The markup is also
// well-formed XML, so that a strict parser can check a page.

/** Markup that is safe as it stands. Made by `html` and `trusted` alone. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type HtmlValue = Html | string | number | readonly HtmlValue[];

/** A template of markup; strings and numbers in it are escaped, for text and for quoted attributes alike. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let markup = parts[0] ?? '';
  for (const [index, value] of values.entries()) markup += markupOf(value) + (parts[index + 1] ?? '');
  return new Html(markup);
}

/** Markup of our own making, such as a drawn chart. Never for data. */
export function trusted(markup: string): Html {
  return new Html(markup);
}

/** Nothing, where a part of a page is left out. */
export const nothing = new Html('');

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Control characters and lone surrogates that no XML text may hold, shown as U+FFFD. */
// eslint-disable-next-line no-control-regex -- they are what it looks for
const unprintable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff\p{Cs}]/gu;

/** Text without what cannot be shown. */
export function printable(text: string): string {
  return text.replace(unprintable, '\ufffd');
}

function markupOf(value: HtmlValue): string {
  if (value instanceof Html) return value.markup;
  if (typeof value === 'string') return printable(value).replace(/[&<>"']/g, (one) => entities[one] ?? one);
  if (typeof value === 'number') return String(value);
  return value.map(markupOf).join('');
}
