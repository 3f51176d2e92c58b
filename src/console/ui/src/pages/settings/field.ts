// What every kind of field is given, and what it is called.
import { useT } from '../../app/i18n.js';
import type { FormSchema } from './schema.js';
import type { Path } from './values.js';

export interface FieldProps {
  readonly schema: FormSchema;
  readonly path: Path;
  readonly isRequired?: boolean;
}

/** The words of a field: the language's own where it has some, else those of the schema. */
export function useLabel(): (schema: FormSchema, path: Path) => string {
  const { t } = useT('settings');
  return (schema, path) => {
    const key = path.findLast((step) => typeof step === 'string') ?? '';
    return t(`fields.${key}`, {
      defaultValue: (schema.title ?? key).replace(/ (ms|seconds|percent|days|hours|bytes)$/, ''),
    });
  };
}
