// HTTP under /v1 for calls that are recorded: their list, page by page, and the ladder of one.
import type {} from '@fastify/swagger';
import type { FastifyError } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { everyRole, only, seesAgentOf } from '../access/principal.js';
import type { Principal } from '../access/principal.js';
import type { ApiArea } from '../api-area.js';
import { answerFailure, refuseWith } from '../area-errors.js';
import { BadValueError, refuseBadTexts, timeOf } from '../given-values.js';
import type { CallFilterNames, CallHistoryPage, LadderView } from './calls-view.js';
import { isInScope, scopeOf, seesCall } from './scope.js';
import type { BoardScope } from './scope.js';

export interface CallHistoryFilter {
  readonly from: Date | undefined;
  readonly to: Date | undefined;
  /** Undefined: calls of all, and of none. */
  readonly partners: BoardScope;
  readonly offer: string | undefined;
  /** Result or reason of the outcome. */
  readonly outcome: string | undefined;
  /** Decision id or SIP Call-ID. */
  readonly id: string | undefined;
  readonly before: { readonly startedAt: Date; readonly decisionId: string } | undefined;
  readonly limit: number;
}

/** Whose a call is. */
export interface LadderOwners {
  readonly partner: string | undefined;
  /** Agents who had it. */
  readonly agents: readonly { readonly centre: string; readonly agent: string }[];
}

export type LadderAnswer =
  | { readonly kind: 'ladder'; readonly owners: LadderOwners; readonly ladder: LadderView }
  | { readonly kind: 'unknown' };

/** Port: the records. All throw an AppError of code RECORDS_UNAVAILABLE when they cannot be read now. */
export interface CallHistory {
  list(filter: CallHistoryFilter): Promise<readonly CallHistoryPage['calls'][number][]>;
  ladder(id: string): Promise<LadderAnswer>;
  /** Of the settings in use. */
  names(scope: BoardScope): CallFilterNames;
}

const Text = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, description }));

const Query = Type.Object(
  {
    from: Text(40, 'calls that began then or later: a time with its zone'),
    to: Text(40, 'calls that began before then'),
    partner: Text(64, 'calls of this partner'),
    offer: Text(64, 'calls that this offer was to be presented on'),
    outcome: Text(64, 'calls that ended so: answered, cancelled, ..., or success, client-error, ...'),
    id: Text(512, 'the call of this decision id, or calls of this SIP Call-ID'),
    limit: Text(4, 'calls a page, 1 to 200; default 50'),
    before: Text(200, '`next` of the page before'),
  },
  { additionalProperties: false },
);
const Nullable = <T extends ReturnType<typeof Type.String> | ReturnType<typeof Type.Number>>(one: T) =>
  Type.Union([one, Type.Null()]);
const N = Nullable(Type.String());
const Line = Type.Object({
  decisionId: Type.String(),
  callId: N,
  medium: Type.String(),
  startedAt: Type.String({ description: 'ISO 8601' }),
  partner: N,
  caller: N,
  customer: N,
  arm: N,
  offer: N,
  reason: N,
  result: N,
  outcomeReason: N,
  destination: N,
  dispositions: Type.Array(Type.Object({ offer: Type.String(), code: Type.String() })),
  seconds: Nullable(Type.Number()),
});
const Page = Type.Object({ calls: Type.Array(Line), next: N });
const Names = Type.Object({
  partners: Type.Array(Type.Object({ partner: Type.String(), name: Type.String() })),
  offers: Type.Array(Type.Object({ offer: Type.String(), name: Type.String(), partner: Type.String() })),
});
const Ladder = Type.Object({
  decisionId: Type.String(),
  lanes: Type.Array(Type.Object({ id: Type.String(), kind: Type.String() })),
  rows: Type.Array(
    Type.Object({
      atMs: Type.Number(),
      isTimeKnown: Type.Boolean(),
      from: Type.Integer(),
      to: Type.Integer(),
      text: Type.String(),
      tone: Type.String(),
      attempt: Nullable(Type.Number()),
    }),
  ),
});

const Params = Type.Object({ id: Type.String({ description: 'decision id or SIP Call-ID' }) });

const tags = ['calls'];
const defaultLimit = 50;
const greatestLimit = 200;
const readers = only('supervisor', 'admin', 'analyst');

/** `GET /v1/calls/history`, `GET /v1/calls/history/names`, `GET /v1/calls/ID/ladder`. */
export function callsApi(history: CallHistory): ApiArea {
  return (v1) => {
    v1.setErrorHandler((error: FastifyError, _request, reply) => answerFailure(reply, error));
    refuseBadTexts(v1);
    v1.get<{ Querystring: Static<typeof Query> }>(
      '/calls/history',
      {
        config: readers,
        schema: {
          summary: 'Recorded calls, newest first',
          tags,
          querystring: Query,
          response: { 200: Page },
        },
      },
      async ({ query, principal }): Promise<CallHistoryPage> => {
        const filter = filterOf(query, principal);
        if (filter.partners?.length === 0) return { calls: [], next: null };
        // One more than is shown tells whether there is a next page.
        const found = await history.list({ ...filter, limit: filter.limit + 1 });
        const calls = found.slice(0, filter.limit);
        const last = found.length > calls.length ? calls.at(-1) : undefined;
        return { calls, next: last === undefined ? null : `${last.startedAt},${last.decisionId}` };
      },
    );
    v1.get(
      '/calls/history/names',
      {
        config: readers,
        schema: { summary: 'Partners and offers that filters may name', tags, response: { 200: Names } },
      },
      ({ principal }) => history.names(principal && scopeOf(principal)),
    );
    v1.get<{ Params: Static<typeof Params> }>(
      '/calls/:id/ladder',
      {
        config: everyRole,
        schema: { summary: 'The ladder of a recorded call', tags, params: Params, response: { 200: Ladder } },
      },
      async ({ params, principal }, reply) => {
        const answer = await history.ladder(params.id);
        if (answer.kind === 'unknown' || principal === undefined || !maySee(principal, answer.owners))
          return refuseWith(reply, 404, 'unknown-call', 'no call of that decision id is recorded');
        return answer.ladder;
      },
    );
  };
}

function maySee(principal: Principal, { partner, agents }: LadderOwners): boolean {
  if (!seesCall(principal, partner)) return false;
  const isAgent = principal.kind === 'person' && principal.role === 'agent';
  return !isAgent || agents.some(({ centre, agent }) => seesAgentOf(principal, centre, agent));
}

function filterOf(query: Static<typeof Query>, principal: Principal | undefined): CallHistoryFilter {
  const { from, to, partner, offer, outcome, id, limit, before } = query;
  const scope = principal && scopeOf(principal);
  const partners = partner === undefined ? scope : isInScope(scope, partner) ? [partner] : [];
  const date = (name: string, text: string | undefined): Date | undefined => {
    const ms = timeOf(name, text);
    return ms === undefined ? undefined : new Date(ms);
  };
  return {
    from: date('from', from),
    to: date('to', to),
    partners,
    offer,
    outcome,
    id,
    before: cursorOf(before),
    limit: limitOf(limit),
  };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return defaultLimit;
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= greatestLimit) return limit;
  throw new BadValueError('limit', `must be a whole number from 1 to ${greatestLimit}`);
}

function cursorOf(text: string | undefined): CallHistoryFilter['before'] {
  if (text === undefined) return undefined;
  const comma = text.indexOf(',');
  const at = comma < 0 ? undefined : timeOf('before', text.slice(0, comma));
  if (at === undefined) throw new BadValueError('before', 'must be `next` of the page before');
  return { startedAt: new Date(at), decisionId: text.slice(comma + 1) };
}
