// What became of transactions (RFC 3261 17), and what was sent or came more than once. Numbers in arrays: nothing is made for a
// message.

/** In the order of `TransactionOutcomes.counts`. */
export const transactionKinds = [
  { role: 'client', type: 'invite' },
  { role: 'client', type: 'non-invite' },
  { role: 'server', type: 'invite' },
  { role: 'server', type: 'non-invite' },
] as const;

/** By class of the final response, or what there was in place of one. */
export const outcomes = [
  '2xx',
  '3xx',
  '4xx',
  '5xx',
  '6xx',
  /** Of an INVITE: CANCEL, and then 487 or nothing. */
  'cancelled',
  /** Timer B or F. */
  'timeout',
  'transport-error',
  /** Not begun: too many are open. */
  'refused',
  /** Without a final response when the engine stopped. */
  'abandoned',
] as const;
export type TransactionOutcome = (typeof outcomes)[number];

export const repeatedKinds = ['invite', 'ack', 'request', 'response'] as const;

/** Places in the arrays. */
export const invite = 0;
export const ack = 1;
export const otherRequest = 2;
export const anyResponse = 3;

export const cancelled = outcomes.indexOf('cancelled');
export const timedOut = outcomes.indexOf('timeout');
export const transportFailed = outcomes.indexOf('transport-error');
export const refused = outcomes.indexOf('refused');
export const abandoned = outcomes.indexOf('abandoned');

/** The place of a final status among the outcomes. */
export function outcomeOf(status: number): number {
  return Math.min(6, Math.floor(status / 100)) - 2;
}

export class TransactionOutcomes {
  /** By kind, then by outcome. */
  readonly counts = new Array<number>(transactionKinds.length * outcomes.length).fill(0);
  /** Messages that were sent again, by kind. */
  readonly repeatsSent = new Array<number>(repeatedKinds.length).fill(0);
  /** Messages that came again and were absorbed, by kind. */
  readonly repeatsAbsorbed = new Array<number>(repeatedKinds.length).fill(0);
  /** Non-2xx finals to INVITEs that got no ACK: timer H. */
  ackTimeouts = 0;
  /** ACKs that belong to nothing. */
  strayAcks = 0;
  /** What the transport said of messages that it could not send, by code. */
  readonly sendErrors = new Map<string, number>();

  /** @param kind place in `transactionKinds` @param outcome place in `outcomes` */
  ended(kind: number, outcome: number): void {
    const at = kind * outcomes.length + outcome;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
  }

  sentAgain(kind: number): void {
    this.repeatsSent[kind] = (this.repeatsSent[kind] ?? 0) + 1;
  }

  absorbed(kind: number): void {
    this.repeatsAbsorbed[kind] = (this.repeatsAbsorbed[kind] ?? 0) + 1;
  }

  notSent(error: Error): void {
    const { code } = error as Error & { readonly code?: unknown };
    const name = typeof code === 'string' ? code : 'OTHER';
    this.sendErrors.set(name, (this.sendErrors.get(name) ?? 0) + 1);
  }

  count(kind: number, outcome: TransactionOutcome): number {
    return this.counts[kind * outcomes.length + outcomes.indexOf(outcome)] ?? 0;
  }
}
