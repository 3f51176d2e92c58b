// Port: what the API does with contacts that are not phone calls. src/cli wires it. Times are milliseconds since the Unix epoch.
export type ContactMedium = 'web' | 'chat' | 'text';
export type ContactEvent = 'presented' | 'accepted' | 'declined' | 'left';

export interface ContactInput {
  readonly partner: string;
  readonly medium: ContactMedium;
  readonly identity: {
    readonly phone?: string | undefined;
    readonly customer?: string | undefined;
    readonly account?: string | undefined;
    readonly secret?: string | undefined;
    readonly confidence?: 'claimed' | 'trusted' | 'verified' | undefined;
  };
  readonly context: Readonly<Record<string, string>>;
  /** Who asks, for the record. */
  readonly source: string;
}

export interface ContactResult {
  readonly contactId: string;
  readonly partner: string;
  readonly medium: ContactMedium;
  readonly state: 'open' | 'presented' | 'accepted' | 'declined' | 'left';
  readonly offer: {
    readonly offer: string;
    readonly name: string;
    readonly kind: 'sales' | 'service';
    readonly url: string;
  } | null;
  readonly presentation: string | null;
  readonly target:
    | { readonly kind: 'page'; readonly url: string }
    | { readonly kind: 'chat'; readonly target: string }
    | { readonly kind: 'chat' | 'callback' | 'queue'; readonly queue: string; readonly uri: string };
  readonly pairs: Readonly<Record<string, string>>;
  readonly reason: string;
  readonly failOpen: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number;
}

export type CreateResult =
  | { readonly kind: 'created'; readonly contact: ContactResult }
  | { readonly kind: 'unknown-partner' | 'medium-not-taken' };

export type EventResult =
  | { readonly kind: 'recorded' | 'unchanged' | 'conflict'; readonly contact: ContactResult }
  | { readonly kind: 'unknown-code'; readonly codes: readonly string[] }
  | { readonly kind: 'no-offer' | 'expired' | 'unknown-contact' | 'note-required' | 'code-unwanted' };

export interface ContactsOperations {
  /** Answers within the deadline of decisions, whatever fails. */
  create(request: ContactInput): Promise<CreateResult>;
  /** May reject with an error whose code is RECORDS_UNAVAILABLE, of a contact that this router does not hold itself. */
  find(contactId: string): Promise<ContactResult | undefined>;
  /** May reject as `find`. */
  event(
    contactId: string,
    given: {
      readonly event: ContactEvent;
      readonly code?: string | undefined;
      readonly note?: string | undefined;
    },
  ): Promise<EventResult>;
  /** What the settings say of the partner's contacts; undefined where it takes none. */
  webOf(
    partner: string,
  ): { readonly origins: readonly string[]; readonly contactsPerMinute: number } | undefined;
  /** The web sites of all partners. */
  origins(): ReadonlySet<string>;
  /** What a web page shows in place of a key. */
  sign(contact: Pick<ContactResult, 'contactId' | 'partner' | 'expiresAt'>): string;
  verify(token: string): { readonly contactId: string; readonly partner: string } | 'unknown' | 'expired';
  now(): number;
}
