// What a person may ask of a live call or an agent, and what comes of it.

/** Where a person sends a call: to a presentation of an offer, or to a queue for plain service. */
export type RouteTarget =
  { readonly offer: string; readonly presentation?: string | undefined } | { readonly queue: string };

/** Why something could not be done. */
export type RefusedAnswer =
  | { readonly kind: 'unknown-call' }
  | { readonly kind: 'not-at-a-centre' }
  | {
      readonly kind: 'unknown-target' | 'not-entitled' | 'refused' | 'unreachable';
      readonly message: string;
    };

export type RouteAnswer =
  | { readonly kind: 'routed'; readonly destination: string; readonly offer: string | undefined }
  | RefusedAnswer;

export type StatusAnswer = { readonly kind: 'done' } | RefusedAnswer;
