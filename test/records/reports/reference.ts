// The reports once more, slowly and straight from the rows: what the SQL is checked against.
import { codes, countsAsAccepted } from './random-records.js';
import type {
  Code,
  ContactRow,
  DispositionRow,
  ExposureRow,
  RecordsData,
  UsageRow,
} from './random-records.js';

export interface Wanted {
  readonly from?: string;
  readonly to?: string;
  readonly partner?: string;
}

export function contactsOf(data: RecordsData, { from, to, partner }: Wanted): readonly ContactRow[] {
  return data.contacts.filter(
    (one) =>
      (from === undefined || one.started_at >= from) &&
      (to === undefined || one.started_at < to) &&
      (partner === undefined || one.partner === partner),
  );
}

const total = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0);
const outcomeOf = (one: DispositionRow): string => codes[one.code as Code];

export interface Shown {
  readonly exposure: ExposureRow;
  readonly disposition: DispositionRow | undefined;
  readonly isPresented: boolean;
  readonly isAccepted: boolean;
}

/** Exposures of the contacts, each with the disposition that is its own. */
export function shownOf(data: RecordsData, contacts: readonly ContactRow[]): readonly Shown[] {
  const ids = new Set(contacts.map((one) => one.contact));
  const exposures = data.exposures.filter((one) => ids.has(one.decision_id));
  return exposures.map((exposure) => {
    const found = data.dispositions.find(
      (one) => one.decision_id === exposure.decision_id && one.offer === exposure.offer && one.is_current,
    );
    const disposition = found !== undefined && ownerOf(exposures, found) === exposure ? found : undefined;
    const isAccepted = disposition !== undefined && countsAsAccepted(disposition.code);
    const isSaid = disposition !== undefined && outcomeOf(disposition) !== 'not-presented';
    return {
      exposure,
      disposition,
      isAccepted,
      isPresented: exposure.confirmed_at !== null || isAccepted || isSaid,
    };
  });
}

function ownerOf(exposures: readonly ExposureRow[], disposition: DispositionRow): ExposureRow | undefined {
  const kind = disposition.source === 'ivr' ? 'ivr' : 'agent';
  const latest = (one: ExposureRow): string => one.confirmed_at ?? one.reserved_at ?? '';
  return exposures
    .filter((one) => one.decision_id === disposition.decision_id && one.offer === disposition.offer)
    .toSorted(
      (a, b) =>
        Number(b.kind === kind) - Number(a.kind === kind) ||
        Number(b.confirmed_at !== null) - Number(a.confirmed_at !== null) ||
        latest(b).localeCompare(latest(a)) ||
        a.presentation.localeCompare(b.presentation),
    )[0];
}

export const agentUsages = (data: RecordsData, decisionId: string): readonly UsageRow[] =>
  data.usages.filter((one) => one.decision_id === decisionId && one.kind === 'agent');

export function countsOf(data: RecordsData, shown: readonly Shown[]) {
  const count = (of: (one: Shown) => boolean): number => shown.filter(of).length;
  const released = (one: Shown): boolean => !one.isPresented && one.exposure.state === 'released';
  const rest = shown.filter((one) => one.isPresented && !one.isAccepted);
  const said = (of: (outcome: string) => boolean): number =>
    rest.filter((one) => one.disposition !== undefined && of(outcomeOf(one.disposition))).length;
  const talks = shown
    .filter((one) => one.isPresented)
    .map((one) => agentUsages(data, one.exposure.decision_id))
    .filter((usages) => usages.length > 0);
  return {
    routed: shown.length,
    presented: count((one) => one.isPresented),
    abandoned: count((one) => released(one) && one.exposure.result === 'abandoned'),
    notPresented: count((one) => released(one) && one.exposure.result === 'not-presented'),
    releasedOtherwise: count(
      (one) =>
        released(one) && one.exposure.result !== 'abandoned' && one.exposure.result !== 'not-presented',
    ),
    open: count((one) => !one.isPresented && one.exposure.state === 'reserved'),
    accepted: count((one) => one.isAccepted),
    declined: said((outcome) => outcome === 'declined'),
    callback: said((outcome) => outcome === 'callback'),
    other: said((outcome) => outcome !== 'declined' && outcome !== 'callback'),
    noDisposition: rest.filter((one) => one.disposition === undefined).length,
    value: total(shown.filter((one) => one.isAccepted).map((one) => one.disposition?.value ?? 0)),
    agentSeconds: total(talks.flatMap((usages) => usages.map((one) => one.seconds))),
    handled: talks.length,
  };
}

/** One arm of one partner: each customer's calls as a list, the way a person would lay them out. */
export interface ReferenceArm {
  readonly names: readonly string[];
  readonly customers: readonly (readonly ReferenceCall[])[];
}

export interface ReferenceCall {
  readonly value: number;
  readonly accepted: number;
  /** Undefined when no agent had it. */
  readonly seconds: number | undefined;
  readonly abandoned: number;
}

export function armOf(
  data: RecordsData,
  contacts: readonly ContactRow[],
  { partner, arm }: { readonly partner: string; readonly arm: string },
): ReferenceArm {
  const followed = new Set(
    contacts.flatMap(({ contact }) =>
      data.usages
        .filter((one) => one.decision_id === contact)
        .map((one) => one.destination.split('/')[0] ?? ''),
    ),
  );
  const byCustomer = new Map<string, ReferenceCall[]>();
  for (const { contact } of contacts) {
    const decisions = data.decisions.filter((one) => one.decision_id === contact);
    const last = decisions.toSorted((a, b) => b.decided_at.localeCompare(a.decided_at))[0];
    if (last?.arm !== arm || last.partner !== partner) continue;
    const key = last.customer ?? `alone ${contact}`;
    byCustomer.set(key, [...(byCustomer.get(key) ?? []), callOf(data, contact, followed)]);
  }
  return { names: [...byCustomer.keys()], customers: [...byCustomer.values()] };
}

function callOf(data: RecordsData, contact: string, followed: ReadonlySet<string>): ReferenceCall {
  const sold = data.dispositions.filter(
    (one) => one.decision_id === contact && one.is_current && countsAsAccepted(one.code),
  );
  const usages = data.usages.filter((one) => one.decision_id === contact);
  const talks = agentUsages(data, contact);
  const outcome = data.outcomes.find((one) => one.decision_id === contact);
  const isUnheard = usages.length === 0 && followed.has((outcome?.destination ?? '').split('/')[0] ?? '');
  const hasGoneUnheard = outcome?.result === 'success' && isUnheard;
  return {
    value: total(sold.map((one) => one.value ?? 0)),
    accepted: sold.length > 0 ? 1 : 0,
    seconds: talks.length === 0 ? undefined : total(talks.map((one) => one.seconds)),
    abandoned: outcome?.reason === 'cancelled' || hasGoneUnheard ? 1 : 0,
  };
}
