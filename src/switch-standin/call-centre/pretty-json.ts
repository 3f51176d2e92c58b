// JSON as cJSON prints it when asked for `pretty`: a tab after each colon, objects over lines, arrays on one.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export function prettyJson(value: Json, depth = 1): string {
  if (Array.isArray(value)) {
    return `[${(value as readonly Json[]).map((one) => prettyJson(one, depth + 1)).join(', ')}]`;
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const indent = '\t'.repeat(depth);
  const lines = Object.entries(value).map(
    ([key, one]) => `${indent}${JSON.stringify(key)}:\t${prettyJson(one, depth + 1)}`,
  );
  return `{\n${lines.join(',\n')}\n${'\t'.repeat(depth - 1)}}`;
}
