// A state as it is stored: JSON, `{"revision":12,"expiresAt":1764153600000,"offers":[...],"alerts":[...]}`. Partner and customer are
// in the key. Revision and expiry stand first, so that they can be told without reading the rest, by a script in Redis too.
import type { AlertedOffer, Learned, LearnedOffer } from '../../offers/index.js';

export function encodeLearned({ revision, expiresAt, offers, alerts }: Learned): string {
  return JSON.stringify({
    revision,
    expiresAt: whole(expiresAt),
    offers: offers.map((one) => ({
      ...one,
      ...(one.effect === 'boosted' ? { from: whole(one.from) } : {}),
      at: whole(one.at),
      until: whole(one.until),
    })),
    alerts,
  });
}

/** JSON has no infinity, which is what for ever may look like. */
function whole(ms: number): number {
  return Math.round(Math.min(Math.max(ms, 0), Number.MAX_SAFE_INTEGER));
}

const head = /^\{"revision":(\d{1,16}),"expiresAt":(\d{1,16}),/;

/** Undefined for what is no state. */
export function headOf(text: string): { readonly revision: number; readonly expiresAt: number } | undefined {
  const found = head.exec(text);
  return found === null ? undefined : { revision: Number(found[1]), expiresAt: Number(found[2]) };
}

/** Undefined for what is no state of this version. */
export function decodeLearned(partner: string, customer: string, text: string): Learned | undefined {
  if (headOf(text) === undefined) return undefined;
  let stored: unknown;
  try {
    stored = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { revision, expiresAt, offers, alerts } = stored as Record<string, unknown>;
  if (!areEachOnce(offers, isLearnedOffer)) return undefined;
  if (alerts !== undefined && !areEachOnce(alerts, isAlertedOffer)) return undefined;
  return {
    partner,
    customer,
    revision: revision as number,
    offers,
    alerts,
    expiresAt: expiresAt as number,
  };
}

function areEachOnce<T extends { readonly offerCode: string }>(
  value: unknown,
  isOne: (one: unknown) => one is T,
): value is readonly T[] {
  if (!Array.isArray(value)) return false;
  const codes = new Set<string>();
  for (const one of value as unknown[]) {
    if (!isOne(one)) return false;
    codes.add(one.offerCode);
  }
  return codes.size === value.length;
}

function fieldsOf(one: unknown): Record<string, unknown> {
  return typeof one === 'object' && one !== null ? (one as Record<string, unknown>) : {};
}

const reasons: ReadonlySet<unknown> = new Set<LearnedOffer['reason']>([
  'accepted',
  'held',
  'declined',
  'callback',
  'presented',
]);

function isLearnedOffer(one: unknown): one is LearnedOffer {
  const { effect, offerCode, reason, at, until, from, propensity, value } = fieldsOf(one);
  if (typeof offerCode !== 'string' || !reasons.has(reason)) return false;
  if (typeof at !== 'number' || typeof until !== 'number') return false;
  if (effect === 'withheld') return true;
  return (
    effect === 'boosted' &&
    reason === 'callback' &&
    typeof from === 'number' &&
    isProbability(propensity) &&
    typeof value === 'number'
  );
}

function isProbability(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

function isAlertedOffer(one: unknown): one is AlertedOffer {
  const { offerCode, value } = fieldsOf(one);
  return typeof offerCode === 'string' && typeof value === 'number';
}
