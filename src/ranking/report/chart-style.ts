// What all charts have in common: the page's colours, and nothing that only a script would use.
export const ACCENT = 'var(--accent)';
export const INK = 'var(--ink)';
export const MUTED = 'var(--muted)';
export const LINE = 'var(--line)';
export const noEmphasis = { silent: true, emphasis: { disabled: true } } as const;
export const hiddenLine = { axisLine: { show: false }, axisTick: { show: false } } as const;

/** An axis of numbers with its lines across the chart. */
export function valueAxis(formatter: (value: number) => string) {
  return {
    type: 'value' as const,
    ...hiddenLine,
    splitLine: { lineStyle: { color: LINE } },
    splitNumber: 4,
    axisLabel: { color: MUTED, formatter },
  };
}
