// Rows of a file as rows for the database, or what is wrong with them.
import type { CopyRow } from '../database/sql.js';
import type { IdentityKeys } from '../secrets.js';
import type { Placed, PlacedField } from './columns.js';
import type { KindPlan } from './kinds.js';
import { MAX_TEXT_LENGTH, prose } from './values.js';

export interface RowProblem {
  readonly field: string;
  readonly reason: string;
}

export interface RowReaderOptions {
  readonly plan: KindPlan;
  readonly placed: Placed;
  readonly partner: string;
  readonly keys: IdentityKeys;
}

interface ReadField extends PlacedField {
  readonly missing: RowProblem;
  readonly wrong: RowProblem;
}

interface ReadAttribute {
  readonly place: number;
  /** `"name":` as JSON, with a comma before it but for the first. */
  readonly start: string;
  readonly wrong: RowProblem;
}

export class RowReader {
  /** What `read` gives, with their types, as `SqlSession.copyIn` takes them. */
  readonly columns: Readonly<Record<string, string>>;
  readonly #fields: readonly ReadField[];
  readonly #attributes: readonly ReadAttribute[];
  readonly #keyFields: readonly ReadField[];
  readonly #account: number | undefined;
  readonly #partner: string;
  readonly #keys: IdentityKeys;

  constructor({ placed, partner, keys }: RowReaderOptions) {
    this.#partner = partner;
    this.#keys = keys;
    this.#fields = placed.fields.map((field) => ({
      ...field,
      missing: { field: field.field, reason: 'is missing' },
      wrong: { field: field.field, reason: `is ${field.expects}` },
    }));
    this.#keyFields = this.#fields.filter(({ isKey }) => isKey === true);
    this.#account = placed.fields.find(({ field }) => field === 'account')?.place;
    this.#attributes = placed.attributes.map(({ name, place }, index) => ({
      place,
      start: `${index === 0 ? '' : ','}${JSON.stringify(name)}:`,
      wrong: {
        field: name,
        reason: `is no text in UTF-8 of at most ${MAX_TEXT_LENGTH} characters without zero bytes`,
      },
    }));
    this.columns = Object.fromEntries([
      ['row', 'bigint'],
      ...this.#fields.flatMap(({ column, type, hashed }) => [
        [column, type] as const,
        ...(hashed === undefined ? [] : [[`${hashed}_key`, 'text'] as const]),
      ]),
      ...(this.#attributes.length === 0 ? [] : [['attributes', 'jsonb'] as const]),
    ]);
  }

  /** The columns that rows are told apart by, by their place in the file. */
  get keyColumns(): ReadonlySet<number> {
    return new Set(this.#keyFields.map(({ place }) => place));
  }

  /** What no two rows may share; undefined where it is missing or wrong, which `read` tells. */
  keyOf(row: readonly string[]): string | undefined {
    let key = '';
    for (const { place, convert } of this.#keyFields) {
      const value = convert(row[place] ?? '');
      if (value === undefined || value === '') return undefined;
      key += `${value}\u0000`;
    }
    return key;
  }

  read(row: readonly string[], number: number): CopyRow | RowProblem {
    const values: (string | null)[] = [String(number)];
    for (const field of this.#fields) {
      const text = row[field.place] ?? '';
      if (text === '') {
        if (field.isRequired === true) return field.missing;
        values.push(null);
        if (field.hashed !== undefined) values.push(null);
        continue;
      }
      const value = field.convert(text);
      if (value === undefined) return field.wrong;
      if (field.hashed === undefined) values.push(value);
      else this.#pushHash(values, field.hashed, [row[this.#account ?? -1], value]);
    }
    if (this.#attributes.length === 0) return values;
    const attributes = this.#json(row);
    if (typeof attributes !== 'string') return attributes;
    values.push(attributes);
    return values;
  }

  #pushHash(
    values: (string | null)[],
    kind: 'secret' | 'ssn',
    [account, value]: readonly [string | undefined, string],
  ): void {
    const parts = kind === 'ssn' ? [this.#partner, value] : [this.#partner, account ?? '', value];
    const hashed = this.#keys.hash(kind, parts);
    values.push(hashed === undefined ? null : `\\x${hashed.hash.toString('hex')}`, hashed?.key ?? null);
  }

  /** An empty value is null there: it removes what an earlier import has set. */
  #json(row: readonly string[]): string | RowProblem {
    let json = '{';
    for (const { place, start, wrong } of this.#attributes) {
      const text = row[place] ?? '';
      if (text.length > MAX_TEXT_LENGTH || prose(text) === undefined) return wrong;
      json += start + (text === '' ? 'null' : JSON.stringify(text));
    }
    return `${json}}`;
  }
}
