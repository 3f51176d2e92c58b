// Which calls a report is of, as the query string of the page has it. Days are those of the person's own clock.

export const periodKinds = ['today', 'week', 'month', 'chosen'] as const;
export type PeriodKind = (typeof periodKinds)[number];

export interface Period {
  readonly kind: PeriodKind;
  /** Days such as 2026-11-26, of a chosen period; '': open. */
  readonly from: string;
  readonly to: string;
  /** '': all that the person sees. */
  readonly partner: string;
}

const daysBefore: Readonly<Record<Exclude<PeriodKind, 'chosen'>, number>> = { today: 0, week: 6, month: 29 };

export function periodOf(given: URLSearchParams): Period {
  const kind = periodKinds.find((one) => one === given.get('period')) ?? 'week';
  const text = (name: string): string => given.get(name) ?? '';
  return { kind, from: text('from'), to: text('to'), partner: text('partner') };
}

/** What the API is asked, from the start of the first day to the end of the last one. */
export function queryOf({ kind, from, to, partner }: Period, now: Date = new Date()): string {
  const query = new URLSearchParams();
  if (kind === 'chosen') {
    const first = startOf(from);
    const last = startOf(to);
    if (first !== undefined) query.set('from', first.toISOString());
    if (last !== undefined) query.set('to', dayAfter(last).toISOString());
  } else {
    const first = new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBefore[kind]);
    query.set('from', first.toISOString());
  }
  if (partner !== '') query.set('partner', partner);
  return query.toString();
}

function startOf(day: string): Date | undefined {
  const date = new Date(`${day}T00:00:00`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function dayAfter(date: Date): Date {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1);
}
