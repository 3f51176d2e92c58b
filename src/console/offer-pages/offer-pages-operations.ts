// Port: offers, the files of their pages, and what scripts may show of a caller. src/cli wires it.
import type { OfferView } from './offer-page-view.js';

/** A page as its file has it. */
export interface OfferPageText {
  readonly language: string;
  readonly version: string;
  readonly markdown: string;
}

export type OfferPageWritten =
  | { readonly kind: 'written'; readonly version: string }
  | { readonly kind: 'removed' }
  /** The file would be that of another offer, which is called so. */
  | { readonly kind: 'name-taken' }
  /** The file is another by now; undefined: there is none. */
  | { readonly kind: 'conflict'; readonly version: string | undefined };

/** What is known of the caller of one call. */
export interface ScriptCaller {
  /** Who had the call, as centre/agent. */
  readonly agents: readonly string[];
  readonly partner: string;
  readonly partnerName: string;
  /** By placeholder without `customer.`: only what `partners[].scriptFields` allows. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface OfferPagesOperations {
  offers(): Promise<readonly OfferView[]>;
  /** @returns undefined where there is no page in that language */
  read(offer: string, language: string): Promise<OfferPageText | undefined>;
  /** @param version what the writer saw; undefined: there was no page. An empty text removes the page. */
  write(page: {
    readonly offer: string;
    readonly language: string;
    readonly markdown: string;
    readonly version: string | undefined;
  }): Promise<OfferPageWritten>;
  /** Undefined where no such call is known, or where the records cannot be asked now. */
  caller(decisionId: string): Promise<ScriptCaller | undefined>;
}
