// Times as drachtio writes them.

/** `1500ms`, `2s` -> milliseconds; anything else is none. */
export function milliseconds(text: unknown): number | undefined {
  const match = typeof text === 'string' ? /^(\d{1,9})(ms|s)$/.exec(text) : null;
  if (match === null) return undefined;
  return Number(match[1]) * (match[2] === 's' ? 1000 : 1);
}
