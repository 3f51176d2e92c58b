/** Of GET /v1/people, as the pages remember it. */
export const peopleKey = ['people'] as const;
