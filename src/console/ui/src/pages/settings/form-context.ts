// What every field of a form knows: the values it edits, what is wrong with them, and what it may name.
import { createContext, use } from 'react';
import type { ComponentType } from 'react';
import type { FieldProps } from './field.js';
import type { AllValues } from './references.js';
import type { Path } from './values.js';

export interface FormState {
  readonly file: string;
  readonly values: unknown;
  /** As the file has them: what is there already keeps its id. */
  readonly base: unknown;
  readonly all: AllValues;
  readonly set: (path: Path, value: unknown) => void;
  /** What is wrong at a field, such as `offers[2].value`. */
  readonly problemAt: (field: string) => string | undefined;
  readonly shows: (field: string) => boolean;
  readonly restartFields: readonly string[];
  /** The fields of an object; lists of objects show them for each item. */
  readonly Fields: ComponentType<FieldProps>;
}

export const FormContext = createContext<FormState | undefined>(undefined);

export function useForm(): FormState {
  const form = use(FormContext);
  if (form === undefined) throw new Error('there is no form here');
  return form;
}

/** The path without positions, such as `offers.presentations.kind`. */
export function plainField(path: Path): string {
  return path.filter((step) => typeof step === 'string').join('.');
}
