// What the list of calls may be filtered by.

/** In the address and, as they are, in the question. */
export const filterNames = ['from', 'to', 'partner', 'offer', 'outcome', 'id'] as const;
export type CallFilters = Readonly<Partial<Record<(typeof filterNames)[number], string>>>;
