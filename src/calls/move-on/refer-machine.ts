// One REFER and its implicit subscription as a table: state x event -> next state (RFC 3515 2.4, RFC 5589 section 6). Pure data.

export type ReferState =
  /** REFER sent, no final response. */
  | 'sent'
  /** 2xx came, no NOTIFY yet. */
  | 'accepted'
  /** NOTIFYs say that the target is tried. */
  | 'progressing'
  | 'moved'
  | 'failed'
  /** The dialog ended after the REFER was taken: moved, or the caller hung up; nobody says which. */
  | 'gone';

export type ReferEvent =
  | 'response-2xx'
  | 'response-failure'
  | 'notify-1xx'
  | 'notify-2xx'
  | 'notify-failure'
  /** NOTIFY that ends the subscription without a final status. */
  | 'notify-terminated'
  /** Nothing came for referTimeoutMs. */
  | 'timer-silence'
  /** The target was tried for longer than a target may ring. */
  | 'timer-limit'
  | 'bye';

export type FinalReferState = Extract<ReferState, 'moved' | 'failed' | 'gone'>;

type Row = Readonly<Partial<Record<ReferEvent, ReferState>>>;

/** A NOTIFY may overtake the 202 (RFC 3515 2.4.4): it is as good. */
const notified: Row = {
  'notify-1xx': 'progressing',
  'notify-2xx': 'moved',
  'notify-failure': 'failed',
  'notify-terminated': 'failed',
};

const open: Row = { ...notified, 'timer-silence': 'failed', 'timer-limit': 'failed' };

export const referTable: Readonly<Record<ReferState, Row>> = {
  sent: { ...open, 'response-2xx': 'accepted', 'response-failure': 'failed', bye: 'gone' },
  accepted: { ...open, bye: 'gone' },
  progressing: { ...open, bye: 'gone' },
  moved: {},
  failed: {},
  gone: {},
};

export function isFinalReferState(state: ReferState): state is FinalReferState {
  return state === 'moved' || state === 'failed' || state === 'gone';
}

/** The event that a NOTIFY of the subscription is (RFC 3515 2.4.5); undefined when its body is no sipfrag with a status. */
export function notifyEvent(body: string, subscriptionState: string | undefined): ReferEvent | undefined {
  const status = Number(/^SIP\/2\.0 (\d{3})\b/.exec(body.trimStart())?.[1]);
  if (status >= 300) return 'notify-failure';
  if (status >= 200) return 'notify-2xx';
  if (/^\s*terminated/i.test(subscriptionState ?? '')) return 'notify-terminated';
  return status >= 100 ? 'notify-1xx' : undefined;
}
