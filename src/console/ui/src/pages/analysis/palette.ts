// Colours of charts, told apart by people who see few colours, and 3 to 1 against the page at least.
export interface Palette {
  readonly text: string;
  readonly line: string;
  readonly main: string;
  readonly other: string;
  readonly good: string;
  readonly bad: string;
}

export const palettes: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    text: '#1b1f24',
    line: '#dee2e6',
    main: '#1c7ed6',
    other: '#868e96',
    good: '#2b8a3e',
    bad: '#d9480f',
  },
  dark: {
    text: '#d8dce3',
    line: '#434a57',
    main: '#4dabf7',
    other: '#959eac',
    good: '#51cf66',
    bad: '#ff922b',
  },
};

/** An option of echarts in these colours; the same function for the same data. */
export type ChartOption = (palette: Palette) => object;

/** An axis as all charts here have it. */
export function axisOf({ text, line }: Palette) {
  return {
    axisLabel: { color: text, hideOverlap: true },
    axisLine: { lineStyle: { color: line } },
    splitLine: { lineStyle: { color: line } },
    nameTextStyle: { color: text },
  };
}
