// Reads the Prometheus text format as far as tests need it: samples with their labels.

export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const sampleLine = /^(?<name>[A-Za-z_:][A-Za-z0-9_:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)/;
const label = /(?<key>[A-Za-z_][A-Za-z0-9_]*)="(?<value>(?:[^"\\]|\\.)*)"/g;

export function parseMetrics(text: string): MetricSample[] {
  return text.split('\n').flatMap((line) => {
    const groups = sampleLine.exec(line)?.groups;
    if (groups === undefined) return [];
    const labels = Object.fromEntries(
      [...(groups['labels'] ?? '').matchAll(label)].map((one) => [one[1] ?? '', one[2] ?? '']),
    );
    return [{ name: groups['name'] ?? '', labels, value: Number(groups['value']) }];
  });
}

/** Sum of the samples of one name whose labels include `labels`. */
export function sumOf(
  samples: readonly MetricSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter((one) => one.name === name)
    .filter((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))
    .reduce((sum, one) => sum + one.value, 0);
}
