// Times of records: ISO 8601 in UTC, to the millisecond.

let second = Number.NaN;
/** `2026-01-01T00:00:00.` */
let textOfSecond = '';

/** Asks the calendar once a second. @throws RangeError for what is no time */
export function isoTime(wallMs: number): string {
  const ms = Math.floor(wallMs);
  const inSecond = Math.floor(ms / 1000);
  if (inSecond !== second) {
    textOfSecond = new Date(inSecond * 1000).toISOString().slice(0, -'000Z'.length);
    second = inSecond;
  }
  return `${textOfSecond}${String(ms - inSecond * 1000).padStart(3, '0')}Z`;
}
