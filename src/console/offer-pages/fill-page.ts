// Placeholders of an offer page: `{{customer.name}}` and the like become what is known, or a blank that can be seen.

const placeholder = /\{\{\s*([A-Za-z][A-Za-z0-9_.-]{0,127})\s*\}\}/g;

/** Reads as a blank to people; escaped, since it would be a line or bold text to Markdown. */
const blank = '\\_\\_\\_\\_\\_\\_';
const maxValueLength = 200;

export interface FilledPage {
  readonly markdown: string;
  /** Placeholders that there was nothing for, each once. */
  readonly blanks: readonly string[];
}

/** @param values by placeholder, such as `customer.name` */
export function fillPage(markdown: string, values: ReadonlyMap<string, string>): FilledPage {
  const blanks = new Set<string>();
  const filled = markdown.replaceAll(placeholder, (_whole, name: string) => {
    const value = values.get(name)?.trim();
    if (value !== undefined && value !== '') return asText(value);
    blanks.add(name);
    return blank;
  });
  return { markdown: filled, blanks: [...blanks] };
}

/** What a customer is called must not become a heading, a link or a table: every sign that Markdown knows is escaped. */
function asText(value: string): string {
  return value
    .slice(0, maxValueLength)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[!-/:-@[-`{-~]/g, '\\$&');
}
