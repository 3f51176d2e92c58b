// HTTP under /v1 for live centres and calls: read them, send a call elsewhere, set an agent's status.
import type { FastifyError, FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { RouteAnswer, RouteTarget, StatusAnswer } from '../callcenter/index.js';
import { seesCall, seesCallOf, unknownOwners } from './access/call-access.js';
import type { CallOwners } from './access/call-access.js';
import { auditNote } from './access/audit.js';
import type { Audit } from './access/audit.js';
import { everyRole, only, seesAgentOf } from './access/principal.js';
import type { Principal } from './access/principal.js';
import type { ApiArea } from './api-area.js';
import { answerFailure } from './area-errors.js';
import { scopeOf } from './board/scope.js';
import type { AgentView, LiveCallView, LiveOperations } from './live-operations.js';
import { liveSchemas } from './live-schemas.js';
import { describeRoutes } from './route-schemas.js';

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const closed = { additionalProperties: false } as const;

const RouteBody = Type.Union([
  Type.Object({ offer: Text(64), presentation: Type.Optional(Text(64)) }, closed),
  Type.Object({ queue: Text(129) }, closed),
]);
const StatusBody = Type.Object(
  {
    status: Type.Union([
      Type.Literal('Available'),
      Type.Literal('Available (On Demand)'),
      Type.Literal('On Break'),
      Type.Literal('Logged Out'),
    ]),
  },
  closed,
);

/** HTTP status of each answer; the code in the body is the answer's kind. */
const statusOf: Readonly<Record<(RouteAnswer | StatusAnswer)['kind'], number>> = {
  routed: 200,
  done: 200,
  'unknown-call': 404,
  'not-at-a-centre': 409,
  'unknown-target': 422,
  'not-entitled': 403,
  refused: 409,
  unreachable: 503,
};

const retryAfterSeconds = 5;

const messages = {
  'unknown-call': 'no call of that decision is known here now',
  'not-at-a-centre': 'the call is not at a centre with a live feed, so it cannot be sent elsewhere from here',
} as const;

/** What a body that fits no schema is told, by the end of its path. */
const wanted: Readonly<Record<string, string>> = {
  route: 'send {"offer": "CODE"}, with "presentation" if it has several, or {"queue": "centre/queue"}',
  status: `send {"status": one of ${StatusBody.properties.status.anyOf.map((one) => one.const).join(', ')}}`,
};

/** Is it their call now? An agent's is the one at a phone of theirs. */
function isTheirsNow(principal: Principal, { partner, centre, agent }: LiveCallView): boolean {
  const isTheirs = seesAgentOf(principal, centre, agent);
  return seesCallOf(principal, { partner, isTheirs });
}

/**
 * The routes.
 * @param owners agents see calls that were theirs, too, and may send those elsewhere that are at nobody else's phone
 * @param audit gets a line of each change; no call waits for it, and none is undone for want of it
 */
export function liveApi(
  operations: LiveOperations,
  owners: CallOwners = unknownOwners,
  audit?: Audit,
): ApiArea {
  const note = auditNote(audit);
  const seen = async (principal: Principal | undefined, id: string): Promise<LiveCallView | undefined> => {
    const call = operations.call(id);
    if (call === undefined || principal === undefined) return undefined;
    return isTheirsNow(principal, call) || (await seesCall(owners, principal, id)) ? call : undefined;
  };
  return (v1) => {
    v1.setErrorHandler((error: FastifyError, request, reply) => {
      const path = request.url.split('?', 1)[0] ?? '';
      const words = wanted[path.slice(path.lastIndexOf('/') + 1)];
      return answerFailure(reply, error, { badRequest: ({ message }) => words ?? message });
    });
    describeRoutes(v1, liveSchemas);
    v1.get('/centres', { config: everyRole }, ({ principal }) => ({
      centres: seenCentres(operations, principal),
    }));
    v1.get('/queues', { config: everyRole }, ({ principal }) => ({
      queues: seenQueues(operations, principal),
    }));
    v1.get('/agents', { config: only('supervisor', 'admin') }, ({ principal }) => ({
      agents: seenAgents(operations, principal),
    }));
    v1.get('/calls', { config: only('supervisor', 'admin') }, ({ principal }) => ({
      calls: operations.calls().filter((call) => principal !== undefined && isTheirsNow(principal, call)),
    }));
    v1.get<{ Params: { id: string } }>(
      '/calls/:id',
      { config: only('agent', 'supervisor', 'admin') },
      async ({ principal, params: { id } }, reply) => {
        return (await seen(principal, id)) ?? answer(reply, { kind: 'unknown-call' });
      },
    );
    v1.post<{ Params: { id: string }; Body: RouteTarget }>(
      '/calls/:id/route',
      { schema: { body: RouteBody }, bodyLimit: 4096, config: only('agent', 'supervisor', 'admin') },
      async ({ principal, params: { id }, body }, reply) => {
        // Those that are over are told apart by the operation itself.
        const call = operations.call(id);
        if (call !== undefined && principal !== undefined) {
          const mayRoute =
            isTheirsNow(principal, call) || (call.agent === undefined && (await seen(principal, id)));
          if (!mayRoute) return answer(reply, { kind: 'unknown-call' });
        } else if (principal?.kind !== 'token' && !(await seesCall(owners, principal, id))) {
          return answer(reply, { kind: 'unknown-call' });
        }
        const result = await operations.route(id, body);
        if (result.kind === 'routed') note(principal, 'call-routed', id, { ...body });
        return answer(reply, result);
      },
    );
    v1.put<{ Params: { centre: string; agent: string }; Body: Static<typeof StatusBody> }>(
      '/agents/:centre/:agent/status',
      { schema: { body: StatusBody }, bodyLimit: 4096, config: only('agent', 'supervisor', 'admin') },
      async (request, reply) => {
        const { centre, agent } = request.params;
        if (!maySetStatus(operations, request.principal, { centre, agent }))
          return reply
            .code(403)
            .send({ code: 'not-yours', message: 'you set the status of your own agents alone' });
        const { status } = request.body;
        const result = await operations.setAgentStatus(centre, agent, status);
        if (result.kind === 'done')
          note(request.principal, 'agent-status-set', `${centre}/${agent}`, { status });
        return answer(reply, result);
      },
    );
  };
}

type Who = Principal | undefined;

function seenQueues(operations: LiveOperations, principal: Who) {
  const isSeen = operations.seenBy(principal === undefined ? [] : scopeOf(principal));
  return operations.queues().filter(({ destination }) => isSeen(destination));
}

function seenCentres(operations: LiveOperations, principal: Who) {
  if (principal !== undefined && scopeOf(principal) === undefined) return operations.centres();
  const seen = new Set(
    seenQueues(operations, principal).map(({ destination }) => destination.split('/', 1)[0]),
  );
  return operations.centres().filter(({ centre }) => seen.has(centre));
}

/** Agents of a queue that calls of the person's partners may go to. */
function seenAgents(operations: LiveOperations, principal: Who): readonly AgentView[] {
  const scope = principal === undefined ? [] : scopeOf(principal);
  if (scope === undefined) return operations.agents();
  const isSeen = operations.seenBy(scope);
  return operations
    .agents()
    .filter(({ centre, tiers }) => tiers.some(({ queue }) => isSeen(`${centre}/${queue}`)));
}

/** Agents their own; supervisors and admins those that they see. */
function maySetStatus(
  operations: LiveOperations,
  principal: Who,
  { centre, agent }: Pick<AgentView, 'centre' | 'agent'>,
): boolean {
  if (principal === undefined || !seesAgentOf(principal, centre, agent)) return false;
  if (principal.kind !== 'person' || principal.role === 'agent' || scopeOf(principal) === undefined)
    return true;
  return seenAgents(operations, principal).some((one) => one.centre === centre && one.agent === agent);
}

function answer(reply: FastifyReply, given: RouteAnswer | StatusAnswer): FastifyReply {
  const status = statusOf[given.kind];
  if (status === 503) void reply.header('Retry-After', String(retryAfterSeconds));
  if (given.kind === 'routed' || given.kind === 'done') return reply.code(status).send(given);
  const message = 'message' in given ? given.message : messages[given.kind];
  return reply.code(status).send({ code: given.kind, message });
}
