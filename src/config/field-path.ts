// The place of a value in a settings file, and how people read it.

/** Keys and list positions from the top of a file. */
export type FieldPath = readonly (string | number)[];

/** `offers[2].presentations[0]`; a key that is no plain word is quoted: `quotas["a b"]`. */
export function formatFieldPath(path: FieldPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[\w-]+$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

/** The steps of a JSON Pointer (RFC 6901); list positions become numbers where `value` has a list. */
export function pathOfPointer(pointer: string, value: unknown): FieldPath {
  const path: (string | number)[] = [];
  let here = value;
  for (const raw of pointer.split('/').slice(1)) {
    // RFC 6901 section 4: first ~1, then ~0.
    const step = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(here) ? Number(step) : step);
    here = childOf(here, step);
  }
  return path;
}

/** The value under one key or list position, or undefined. */
export function childOf(value: unknown, step: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<string | number, unknown>)[step];
}
