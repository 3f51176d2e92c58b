// The document of the API, and what it has to say of every route.
import type { Test } from 'tap';

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly security?: readonly object[];
  readonly responses?: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: object }>> }>
  >;
}

export interface ApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Routes that lack something still: what becomes whole is taken out. */
export const unfinishedRoutes: readonly string[] = [
  // Answers with 426 or a WebSocket.
  'GET /v1/live',
];

/** Every route with its operation, such as `GET /v1/queues`. */
export function operationsOf({ paths }: ApiDocument): ReadonlyMap<string, Operation> {
  return new Map(
    Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation]),
    ),
  );
}

/**
 * Fails for each route without a summary, a tag or the schema of an answer.
 * @param unfinished routes that lack one still; those that lack nothing any more must go from it
 */
export function hasWordsForEveryRoute(t: Test, document: ApiDocument, unfinished: readonly string[] = []) {
  const lacking = [...operationsOf(document)].filter(([, operation]) => lacks(operation).length > 0);
  t.strictSame(
    lacking.filter(([route]) => !unfinished.includes(route)).map(([route, one]) => [route, ...lacks(one)]),
    [],
    'every route has a summary, a tag and the schema of an answer',
  );
  const whole = [...operationsOf(document)].filter(([, operation]) => lacks(operation).length === 0);
  t.strictSame(
    whole.map(([route]) => route).filter((route) => unfinished.includes(route)),
    [],
    'the list of routes that lack something is not longer than it has to be',
  );
}

function lacks({ summary = '', tags = [], responses = {} }: Operation): string[] {
  const answers = Object.entries(responses).filter(([status]) => /^[123]/.test(status));
  const hasAnswer = answers.some(
    ([status, { content = {} }]) =>
      ['101', '204', '302'].includes(status) ||
      Object.values(content).some(({ schema }) => schema !== undefined),
  );
  return [
    ...(summary === '' ? ['summary'] : []),
    ...(tags.length === 0 ? ['tag'] : []),
    ...(hasAnswer ? [] : ['schema of an answer']),
  ];
}
