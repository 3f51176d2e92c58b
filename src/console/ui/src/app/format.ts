// Numbers and times as the reader's language writes them.
import { useT } from './i18n.js';
import type { Language } from './i18n.js';

export interface Format {
  readonly count: (value: number) => string;
  /** 0..1 as a percentage, with one decimal place below ten per cent. */
  readonly percent: (share: number) => string;
  /** An amount in the partner's currency: `1,234.50`; without decimals from ten thousand. */
  readonly money: (amount: number) => string;
  /** Day and time of an instant in milliseconds since the Unix epoch or as ISO 8601. */
  readonly dateTime: (at: number | string) => string;
  readonly date: (at: number | string) => string;
  /** With seconds. */
  readonly time: (at: number | string) => string;
  /** `3 minutes ago`, of milliseconds. */
  readonly ago: (ms: number) => string;
}

const made = new Map<Language, Format>();

export function formatOf(language: Language): Format {
  const known = made.get(language);
  if (known !== undefined) return known;
  const format = make(language);
  made.set(language, format);
  return format;
}

export function useFormat(): Format {
  return formatOf(useT('app').language);
}

/** `0:07`, `12:05`, `1:02:03`: the same in every language. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

function make(language: Language): Format {
  // The region of the browser, where it has one for this language: 24 hours or twelve, day or month first.
  const locale = navigator.languages.find((one) => one.startsWith(`${language}-`)) ?? language;
  const count = new Intl.NumberFormat(locale);
  const percents = [1, 0].map(
    (maximumFractionDigits) => new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits }),
  );
  const cents = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return {
    count: (value) => count.format(value),
    percent: (share) => percents[Math.abs(share) < 0.1 ? 0 : 1]?.format(share) ?? '',
    money: (amount) => (Math.abs(amount) < 10_000 ? cents : whole).format(amount),
    dateTime: (at) => dateTime.format(new Date(at)),
    date: (at) => date.format(new Date(at)),
    time: (at) => time.format(new Date(at)),
    ago: (ms) => {
      const seconds = Math.round(ms / 1000);
      if (seconds < 60) return relative.format(-seconds, 'second');
      if (seconds < 3600) return relative.format(-Math.round(seconds / 60), 'minute');
      if (seconds < 86_400) return relative.format(-Math.round(seconds / 3600), 'hour');
      return relative.format(-Math.round(seconds / 86_400), 'day');
    },
  };
}
