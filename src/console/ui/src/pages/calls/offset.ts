import { clockText } from '../../app/format.js';
import { useT } from '../../app/i18n.js';

/** `0.003 s`, `12.4 s`, `5:10`: since the INVITE. */
export function useOffset(): (ms: number) => string {
  const { language } = useT('call');
  return (ms) => {
    if (ms >= 60_000) return clockText(ms);
    const digits = ms < 10_000 ? 3 : 1;
    const seconds = new Intl.NumberFormat(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(ms / 1000);
    return `${seconds} s`;
  };
}
