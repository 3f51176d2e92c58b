// What `proffer report arms` shows: customers who may be made offers beside those who never are.
import { armMean, armMeasures } from '../records/index.js';
import type { ArmComparison, ArmDifferences, ArmMeasure, ArmsReport, ArmSums } from '../records/index.js';
import {
  count,
  counted,
  coverageLines,
  csvText,
  minutes,
  money,
  noteLines,
  percent,
  reportTable,
} from './report-text.js';
import type { CsvValue } from './report-text.js';

interface MeasureWords {
  readonly head: string;
  readonly show: (value: number) => string;
  /** A difference, with its sign. */
  readonly signed: (value: number) => string;
}

function withSign(value: number, text: string): string {
  if (!/[1-9]/.test(text)) return text;
  return value < 0 ? `-${text}` : `+${text}`;
}

const inMoney = {
  show: money,
  signed: (value: number) => withSign(value, money(Math.abs(value))),
};
const inPercent = {
  show: percent,
  signed: (value: number) => withSign(value, (Math.abs(value) * 100).toFixed(1)),
};
const inMinutes = { show: minutes, signed: (value: number) => withSign(value, minutes(value)) };

const words: Readonly<Record<ArmMeasure, MeasureWords>> = {
  valuePerCall: { head: 'value a call', ...inMoney },
  valuePerCustomer: { head: 'value a customer', ...inMoney },
  acceptance: { head: 'calls that accepted', ...inPercent },
  handlingSeconds: { head: 'handling time', ...inMinutes },
  abandonment: { head: 'abandoned', ...inPercent },
};

/** In words where the unit of a difference is another than that of the measure. */
const unit = (measure: ArmMeasure): string => (words[measure].show === percent ? ' points' : '');

interface Line {
  readonly head: string;
  readonly offer: string;
  readonly control: string;
  readonly difference: string;
  readonly told: string;
}

function differenceOf(measure: ArmMeasure, uplift: ArmDifferences): Pick<Line, 'difference' | 'told'> {
  const difference = uplift[measure];
  if (difference === undefined) return { difference: '-', told: 'too few customers' };
  const { estimate, low, high } = difference;
  const { signed } = words[measure];
  return {
    difference: `${signed(estimate)}${unit(measure)} (${signed(low)} to ${signed(high)})`,
    told: includesZero(difference) ? 'includes zero' : '',
  };
}

function includesZero({ low, high }: { readonly low: number; readonly high: number }): boolean {
  return low <= 0 && high >= 0;
}

function linesOf({ offer, control, uplift }: ArmComparison): readonly Line[] {
  const size = (head: string, of: 'customers' | 'calls'): Line => ({
    head,
    offer: count(offer?.[of] ?? 0),
    control: count(control?.[of] ?? 0),
    difference: '',
    told: '',
  });
  const measured = armMeasures.map((measure): Line => {
    const of = (arm: ArmSums | undefined): string => {
      const mean = armMean(arm, measure);
      return mean === undefined ? '-' : words[measure].show(mean.mean);
    };
    return {
      head: words[measure].head,
      offer: of(offer),
      control: of(control),
      ...differenceOf(measure, uplift),
    };
  });
  return [size('customers', 'customers'), size('calls', 'calls'), ...measured];
}

const columns = [
  { head: '', of: (line: Line) => line.head },
  { head: 'OFFER ARM', isNumber: true, of: (line: Line) => line.offer },
  { head: 'CONTROL ARM', isNumber: true, of: (line: Line) => line.control },
  { head: 'OFFER - CONTROL (95 %)', of: (line: Line) => line.difference },
  { head: '', of: (line: Line) => line.told },
];

/** A rule of thumb for means of skewed values. */
const fewCustomers = 30;

/** The uplift in a sentence or two. */
function verdict({ offer, control, uplift }: ArmComparison): readonly string[] {
  if (offer === undefined || control === undefined) {
    const missing = offer === undefined ? 'offer' : 'control';
    return [`Nothing to compare: no call was in the ${missing} arm (decision.controlArmPercent).`];
  }
  const sentences = upliftWords(uplift, offer.calls + control.calls);
  const fewest = Math.min(offer.customers, control.customers);
  return fewest >= fewCustomers
    ? sentences
    : [...sentences, `One arm has ${counted(fewest, 'customer')} only: take the intervals as rough.`];
}

function upliftWords({ valuePerCall }: ArmDifferences, calls: number): readonly string[] {
  if (valuePerCall === undefined) {
    return ['The uplift cannot be told: an arm needs two customers at least.'];
  }
  const { estimate, low, high, power } = valuePerCall;
  const { signed } = words.valuePerCall;
  const interval = `${signed(estimate)} a call (${signed(low)} to ${signed(high)})`;
  if (!includesZero(valuePerCall)) return [`Uplift of offering: ${interval}.`];
  const need =
    power.factor === undefined
      ? ''
      : ` About ${count(rough(calls * power.factor))} such calls would tell a difference of this size;`;
  return [
    `No uplift can be told: ${interval} includes zero.${need} these ${count(calls)} tell one of ${money(power.detectable)} a call or more.`,
  ];
}

/** Two digits: the estimate is not better than that. */
function rough(value: number): number {
  return Number(value.toPrecision(2));
}

function overallLines({ overall, comparisons }: ArmsReport): readonly string[] {
  if (overall === undefined) return [];
  const both = comparisons.filter(({ offer, control }) => offer !== undefined && control !== undefined);
  const rows = armMeasures.map((measure): Line => ({
    head: words[measure].head,
    offer: '',
    control: '',
    ...differenceOf(measure, overall),
  }));
  const calls = both.reduce((sum, one) => sum + (one.offer?.calls ?? 0) + (one.control?.calls ?? 0), 0);
  return [
    `All ${both.length} partners with both arms, each weighted by its calls`,
    ...reportTable(
      [columns[0], columns[3], columns[4]].flatMap((one) => one ?? []),
      rows,
    ),
    ...noteLines(upliftWords(overall, calls)),
    '',
  ];
}

export function armsText(report: ArmsReport, title: string): string {
  const { comparisons, coverage, inNoArm, inBothArms } = report;
  const notes = [
    ...(inBothArms === 0
      ? []
      : [
          `${counted(inBothArms, 'customer')} had calls in both arms: controlArmPercent was changed in between.`,
        ]),
    ...(inNoArm === 0
      ? []
      : [
          `${counted(inNoArm, 'call')} in no arm, left out: callers nobody knows, service alerts, opt-outs, failures.`,
        ]),
    ...coverageLines(coverage),
    'Compared is what was accepted on the calls of both arms. The control arm gets plain service, so its value is 0 unless its agents sell, and record, something themselves; handling time and abandonment are what offering costs.',
    'A call is in the arm of its last decision. Calls of one customer are not independent: means a call are ratios over customers, intervals by Welch over customers. ABANDONED: cancelled before an answer, or answered by a followed centre and neither agent nor IVR had it. HANDLING TIME: of calls that an agent had.',
  ];
  return [
    `Arms: ${title}`,
    '',
    ...comparisons.flatMap((one) => [
      one.partner,
      ...reportTable(columns, linesOf(one)),
      ...noteLines(verdict(one)),
      '',
    ]),
    ...overallLines(report),
    ...noteLines(notes),
    '',
  ].join('\n');
}

interface ArmRecord {
  readonly offer: number | undefined;
  readonly control: number | undefined;
  readonly difference: number | undefined;
  readonly low: number | undefined;
  readonly high: number | undefined;
  readonly standardError: number | undefined;
  readonly includesZero: boolean | undefined;
  /** As many calls of the same kind would tell a difference as great as this. */
  readonly callsNeeded: number | undefined;
  /** The least difference that these calls tell. */
  readonly detectable: number | undefined;
}

function recordOf({ offer, control, uplift }: ArmComparison, measure: ArmMeasure): ArmRecord {
  const difference = uplift[measure];
  const factor = difference?.power.factor;
  const calls = (offer?.calls ?? 0) + (control?.calls ?? 0);
  return {
    offer: armMean(offer, measure)?.mean,
    control: armMean(control, measure)?.mean,
    difference: difference?.estimate,
    low: difference?.low,
    high: difference?.high,
    standardError: difference?.standardError,
    includesZero: difference === undefined ? undefined : includesZero(difference),
    callsNeeded: factor === undefined ? undefined : Math.ceil(factor * calls),
    detectable: difference?.power.detectable,
  };
}

export function armsJson(report: ArmsReport): object {
  const { coverage, comparisons, overall, inNoArm, inBothArms } = report;
  const size = (arm: ArmSums | undefined): object => ({
    customers: arm?.customers ?? 0,
    calls: arm?.calls ?? 0,
    value: arm?.value ?? 0,
    accepted: arm?.accepted ?? 0,
    handled: arm?.handled ?? 0,
    agentSeconds: arm?.agentSeconds ?? 0,
    abandoned: arm?.abandoned ?? 0,
  });
  return {
    coverage,
    partners: comparisons.map((one) => ({
      partner: one.partner,
      offer: size(one.offer),
      control: size(one.control),
      measures: Object.fromEntries(armMeasures.map((measure) => [measure, recordOf(one, measure)])),
    })),
    overall: overall ?? null,
    inNoArm,
    inBothArms,
  };
}

const csvColumns = [
  'partner',
  'measure',
  'offer',
  'control',
  'difference',
  'low',
  'high',
  'standardError',
  'callsNeeded',
  'detectable',
  'offerCustomers',
  'controlCustomers',
  'offerCalls',
  'controlCalls',
] as const;

export function armsCsv({ comparisons }: ArmsReport): string {
  const rows = comparisons.flatMap((one) =>
    armMeasures.map((measure): Readonly<Record<string, CsvValue>> => {
      const { includesZero: _, ...record } = recordOf(one, measure);
      return {
        partner: one.partner,
        measure,
        ...record,
        offerCustomers: one.offer?.customers ?? 0,
        controlCustomers: one.control?.customers ?? 0,
        offerCalls: one.offer?.calls ?? 0,
        controlCalls: one.control?.calls ?? 0,
      };
    }),
  );
  return csvText(csvColumns, rows);
}
