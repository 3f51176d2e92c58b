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

/** Names, without case and separators, of columns that hold secrets: never kept as they are for want of a field of that name. */
const SECRET_NAMES = new Set([
  ...['secret', 'accountsecret', 'pin', 'pincode', 'passcode', 'password'],
  ...['ssn', 'socialsecurity', 'socialsecurityno', 'socialsecuritynumber'],
]);

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
  const untaken = columns.map((name, place) => ({ name, place })).filter(({ place }) => !taken.has(place));
  // As a file of rejected rows has them, which is imported once it is corrected.
  const notes = untaken.filter(({ name }) => name.startsWith('#')).map(({ name }) => name);
  const others = untaken.filter(({ name }) => !name.startsWith('#'));
  const ownNames = new Map([...renamed].map(([ours, theirs]) => [theirs, ours]));
  if (hasAttributes) {
    refuseSecrets(
      kind,
      others.map(({ name }) => name).filter((name) => !ownNames.has(name)),
    );
  }
  return hasAttributes
    ? {
        fields: placed,
        attributes: others.map(({ name, place }) => ({ name: ownNames.get(name) ?? name, place })),
        ignored: notes,
      }
    : { fields: placed, attributes: [], ignored: untaken.map(({ name }) => name) };
}

/** A secret that is no field of the kind would be stored readable, among the attributes. */
function refuseSecrets(kind: string, names: readonly string[]): void {
  const secret = names.find((name) => SECRET_NAMES.has(name.toLowerCase().replaceAll(/[^a-z]/g, '')));
  if (secret === undefined) return;
  const own = kind === 'customers' ? 'ssn' : 'secret';
  throw new ImportColumnsError(
    `the column ${secret} of ${kind} would be stored as it is, readable; --map ${own}=${secret} makes a hash of it, ` +
      `--map NAME=${secret} keeps it as the attribute NAME; else take it out of the file. Nothing was written`,
  );
}

function there(columns: readonly string[], wanted: string): string {
  const shown = columns.length > SHOWN ? `${columns.slice(0, SHOWN).join(', ')}, ...` : columns.join(', ');
  return `the file has no column ${wanted}; its columns are ${shown}`;
}
