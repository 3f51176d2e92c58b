// Numbers as people read them in reports, the same on the screen and on the page.

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const money = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Such as `1,234,567`. */
export function count(value: number): string {
  return whole.format(value);
}

/** An amount in the partner's currency, such as `1,234.50`; without decimals from ten thousand. */
export function amount(value: number): string {
  return Math.abs(value) >= 10_000 ? whole.format(value) : money.format(value);
}

/** `share` is 0..1: `12.3 %`; `0 %` and `100 %` only for all or nothing. */
export function percent(share: number, digits = 1): string {
  if (share === 0) return '0 %';
  const smallest = 10 ** -digits;
  const value = share * 100;
  if (value > 0 && value < smallest / 2) return `< ${smallest.toFixed(digits)} %`;
  if (value < 100 && value > 100 - smallest / 2) return `> ${(100 - smallest).toFixed(digits)} %`;
  return `${value === 100 ? '100' : value.toFixed(digits)} %`;
}

/** Part of a whole as a percentage; `0 %` of nothing. */
export function percentOf(part: number, all: number): string {
  return percent(all === 0 ? 0 : part / all);
}

/** Such as `0.0432`: three digits that count. */
export function figure(value: number): string {
  if (value === 0) return '0';
  return Math.abs(value) >= 1000 ? whole.format(value) : String(Number(value.toPrecision(3)));
}

/** Such as `0.84 s`, `12.4 s`, `3 min 5 s`. */
export function seconds(value: number): string {
  if (value < 10) return `${value.toFixed(2)} s`;
  if (value < 120) return `${value.toFixed(1)} s`;
  return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
}

/** ISO 8601 as `2026-11-26 04:31 UTC`; what is none is left as it is. */
export function time(iso: string): string {
  const ms = Date.parse(iso);
  if (!/^\d{4}-\d\d-\d\d/.test(iso) || Number.isNaN(ms)) return iso;
  const text = new Date(ms).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** `1 customer`, `2 customers`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}
