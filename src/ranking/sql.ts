// Pieces of SQL text. Every name and text that comes from settings goes through one of these.

/** An identifier, quoted. */
export function name(identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`;
}

/** A text literal. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** A DOUBLE literal that reads back as the same number. */
export function double(value: number): string {
  return `${Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : value.toExponential()}::DOUBLE`;
}

/** A day of UTC, which has no other lengths, in milliseconds. */
export const DAY_MS = 86_400_000;

/** A TIMESTAMP literal, UTC. */
export function timestamp(milliseconds: number): string {
  return `TIMESTAMP ${text(new Date(milliseconds).toISOString().replace('T', ' ').replace('Z', ''))}`;
}

export function list(parts: readonly string[]): string {
  return parts.join(', ');
}
