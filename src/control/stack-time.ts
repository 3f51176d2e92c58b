// The time token of a leader: `HH:MM:SS.uuuuuu`, UTC. Clocks here tick in milliseconds, so the last three digits are 0.

let cachedSecond = -1;
let cachedText = '';

/** @param wallMs milliseconds since the Unix epoch */
export function stackTime(wallMs: number): string {
  const second = Math.floor(wallMs / 1000);
  if (second !== cachedSecond) {
    cachedSecond = second;
    const ofDay = second % 86_400;
    cachedText = `${two(Math.floor(ofDay / 3600))}:${two(Math.floor(ofDay / 60) % 60)}:${two(ofDay % 60)}.`;
  }
  return `${cachedText}${String(Math.floor(wallMs) - second * 1000).padStart(3, '0')}000`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
