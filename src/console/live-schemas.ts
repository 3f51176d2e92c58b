// What the document of the API says of live centres and calls.
import { Type } from 'typebox';
import { Answer, refusals } from './route-schemas.js';
import type { RouteSchemas } from './route-schemas.js';

const Text = Type.String();
const Maybe = Type.Optional(Type.String());
const MaybeNumber = (description: string) => Type.Optional(Type.Number({ description }));
const tags = ['live'];

const Centre = Answer({
  centre: Text,
  feed: Type.String({
    description: 'live, connecting, silent, down, refused, or none where there is no event socket',
  }),
  reason: Maybe,
  ageMs: MaybeNumber('age of what the feed said last'),
  isUp: Type.Optional(Type.Boolean({ description: 'by health check; left out before the first' })),
});

const Queue = Answer({
  destination: Type.String({ description: 'centre/queue' }),
  kind: Type.Union([Type.Literal('queue'), Type.Literal('ivr')]),
  isDraining: Type.Boolean(),
  servers: MaybeNumber('agents staffed, or ports there are; left out where unknown'),
  freeServers: MaybeNumber('of those the free ones'),
  membersWaiting: MaybeNumber('callers who wait'),
  longestWaitMs: MaybeNumber('of those who wait now'),
  expectedWaitSeconds: Type.Optional(
    Type.Union([Type.Number(), Type.Null()], {
      description: 'of a call that comes now; null: nobody serves',
    }),
  ),
  serviceLevel: MaybeNumber('share answered in time, 0..1'),
  readingAgeMs: MaybeNumber('age of these figures'),
});

const Agent = Answer({
  centre: Text,
  agent: Text,
  status: Type.String({ description: 'chosen: Available, On Break, Logged Out' }),
  state: Type.String({ description: 'seen: Waiting, Receiving, In a queue call' }),
  isFree: Type.Boolean(),
  sinceMs: Type.Number({ description: 'for how long' }),
  tiers: Type.Array(Answer({ queue: Text, level: Type.Number(), position: Type.Number() })),
});

const Call = Answer({
  decisionId: Text,
  partner: Text,
  customer: Maybe,
  offer: Maybe,
  presented: Type.Array(Type.String({ description: 'OFFER:result, the oldest first' })),
  centre: Maybe,
  queue: Maybe,
  agent: Maybe,
  state: Type.String({ description: 'routed, waiting, ringing or talking' }),
  sinceMs: Type.Number({ description: 'for how long' }),
});

export const liveSchemas: RouteSchemas = {
  'GET /centres': {
    summary: 'Centres and their feeds',
    tags,
    response: { 200: Answer({ centres: Type.Array(Centre) }) },
  },
  'GET /queues': {
    summary: 'Queues and IVR programs as they are now',
    tags,
    response: { 200: Answer({ queues: Type.Array(Queue) }) },
  },
  'GET /agents': {
    summary: 'Agents as the centres tell of them',
    tags,
    response: { 200: Answer({ agents: Type.Array(Agent) }) },
  },
  'GET /calls': {
    summary: 'Calls at the centres now',
    tags,
    response: { 200: Answer({ calls: Type.Array(Call) }) },
  },
  'GET /calls/:id': {
    summary: 'One call, by its decision id',
    tags,
    response: { 200: Call, ...refusals(404) },
  },
  'POST /calls/:id/route': {
    summary: 'Send a call to a presentation of another offer, or to a queue',
    tags,
    response: {
      200: Answer({ kind: Text, destination: Text, offer: Maybe }),
      ...refusals(400, 403, 404, 409, 422, 503),
    },
  },
  'PUT /agents/:centre/:agent/status': {
    summary: 'Set the status of an agent at a centre',
    tags,
    response: { 200: Answer({ kind: Text }), ...refusals(400, 403, 404, 409, 422, 503) },
  },
};
