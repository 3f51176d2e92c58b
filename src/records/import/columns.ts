// Which column of the file is which of ours.
import { didYouMean } from '../../config/index.js';
import { ImportColumnsError } from './errors.js';
import type { ImportField, KindPlan } from './kinds.js';

/** A field and its place in the rows of the file. */
export interface PlacedField extends ImportField {
  readonly place: number;
}

export interface Placed {
  readonly fields: readonly PlacedField[];
  readonly attributes: readonly { readonly name: string; readonly place: number }[];
  /** Columns of the file that are not taken. */
  readonly ignored: readonly string[];
}

const SHOWN = 30;

/**
 * @param columns of the file
 * @param renamed names of the file's columns by ours
 * @throws ImportColumnsError
 */
export function placeColumns(
  { kind, fields, hasAttributes }: KindPlan,
  columns: readonly string[],
  renamed: ReadonlyMap<string, string>,
): Placed {
  for (const [ours, theirs] of renamed) {
    const isOurs = fields.some(({ field }) => field === ours);
    if (!isOurs && !hasAttributes) {
      const names = fields.map(({ field }) => field);
      throw new ImportColumnsError(
        `--map ${ours}=${theirs}: ${kind} have no ${ours}${didYouMean(ours, names) || `; they have ${names.join(', ')}`}`,
      );
    }
    if (!columns.includes(theirs)) {
      throw new ImportColumnsError(`--map ${ours}=${theirs}: ${there(columns, theirs)}`);
    }
  }
  const taken = new Set<number>();
  const placed = fields.flatMap((field) => {
    const theirs = renamed.get(field.field) ?? field.field;
    const place = columns.indexOf(theirs);
    if (place < 0 && field.isRequired === true) {
      throw new ImportColumnsError(
        `${there(columns, theirs)}; --map ${field.field}=COLUMN names another one for ${field.field}`,
      );
    }
    if (place < 0) return [];
    taken.add(place);
    return [{ ...field, place }];
  });
  const others = columns.map((name, place) => ({ name, place })).filter(({ place }) => !taken.has(place));
  const ownNames = new Map([...renamed].map(([ours, theirs]) => [theirs, ours]));
  return hasAttributes
    ? {
        fields: placed,
        attributes: others.map(({ name, place }) => ({ name: ownNames.get(name) ?? name, place })),
        ignored: [],
      }
    : { fields: placed, attributes: [], ignored: others.map(({ name }) => name) };
}

function there(columns: readonly string[], wanted: string): string {
  const shown = columns.length > SHOWN ? `${columns.slice(0, SHOWN).join(', ')}, ...` : columns.join(', ');
  return `the file has no column ${wanted}; its columns are ${shown}`;
}
