// What the API says of offers and their pages. Types alone: the pages of the console read them too.

export interface OfferView {
  readonly offer: string;
  readonly name: string;
  readonly kind: 'sales' | 'service';
  readonly partner: string;
  /** A page of ours is there for it, in some language. */
  readonly hasPage: boolean;
  /** Languages that it has a page in. */
  readonly languages: readonly string[];
  /** The page elsewhere, which is shown where there is none of ours. */
  readonly url: string;
}

export interface OfferPageView {
  readonly offer: string;
  readonly name: string;
  readonly kind: 'sales' | 'service';
  readonly url: string;
  /** Of the file as it is now; null: there is none in this language. */
  readonly version: string | null;
  /** Of the text; another than was asked for where the page is not there in that one. */
  readonly language: string;
  /** Filled with what is known of the caller, or with its placeholders as they are (`raw=true`). */
  readonly markdown: string;
  /** Placeholders that nothing is known for, as they were written: they are blanks in the text. */
  readonly blanks: readonly string[];
}

/** 200 of PUT /v1/offers/:offer/page. */
export interface OfferPageSaved {
  readonly offer: string;
  readonly language: string;
  /** Null: the page was removed, as an empty one is. */
  readonly version: string | null;
}
