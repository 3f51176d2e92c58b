// config/centres.yaml: call centres (one FreeSWITCH site each), their queues and the IVR bank.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, Id, Milliseconds, Money } from './primitives.js';

export const QueueSchema = Type.Object(
  {
    queue: Id('the id of the queue at its centre; also the user part of its SIP URI'),
    staffedAgents: Type.Integer({
      minimum: 0,
      maximum: 100_000,
      description: 'agents that serve the queue; what routing uses while no live feed is there',
    }),
    handlingTimeSeconds: Type.Number({
      minimum: 1,
      maximum: 36_000,
      default: 240,
      description: 'mean time an agent is busy with one call, in seconds',
    }),
    skillLevel: Type.Integer({
      minimum: 1,
      maximum: 10,
      default: 5,
      description: 'how qualified its agents are for what it presents, 1 to 10',
    }),
    costPerCall: Type.Optional(Money('cost of one call here; default 0')),
    weight: Type.Number({
      minimum: 0,
      maximum: 1000,
      default: 1,
      description:
        'share among equal destinations while capacity is unknown; 0 takes calls only when nothing else can',
    }),
  },
  closed,
);

export const IvrPoolSchema = Type.Object(
  {
    program: Id('the id of the IVR program at its centre; also the user part of its SIP URI'),
    ports: Type.Integer({
      minimum: 1,
      maximum: 100_000,
      description: 'IVR ports of the program, shared by all partners',
    }),
    quotas: Type.Optional(
      Type.Record(Type.String(), Type.Integer({ minimum: 0, maximum: 100_000, description: 'ports' }), {
        description:
          'greatest number of ports a partner may use at once; one that is not named may use them all',
      }),
    ),
    holdingTimeSeconds: Type.Number({
      minimum: 1,
      maximum: 36_000,
      default: 60,
      description: 'mean time a call occupies a port, in seconds',
    }),
    costPerCall: Type.Optional(Money('cost of one call here; default 0')),
    weight: Type.Number({ minimum: 0, maximum: 1000, default: 1, description: 'as for a queue' }),
  },
  closed,
);

export const HealthCheckSchema = Type.Object(
  {
    intervalMs: Milliseconds('time between OPTIONS requests', 200, 600_000, 5000),
    timeoutMs: Milliseconds('time to wait for the answer', 100, 32_000, 2000),
    failuresToDown: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 3,
      description: 'failures in a row: down',
    }),
    successesToUp: Type.Integer({
      minimum: 1,
      maximum: 100,
      default: 2,
      description: 'answers in a row: up again',
    }),
  },
  { ...closed, default: {}, description: 'OPTIONS (RFC 3261 section 11) sent to the centre' },
);

export const CentreSchema = Type.Object(
  {
    centre: Id('the id of the centre'),
    host: Type.String({
      pattern: '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+)$',
      description: 'host or address; IPv6 in brackets',
      expects: 'a host name or an address (an IPv6 address in brackets)',
    }),
    port: Type.Integer({ minimum: 1, maximum: 65535, default: 5060, description: 'SIP port' }),
    transport: Type.Union([Type.Literal('udp'), Type.Literal('tcp')], {
      default: 'udp',
      description: 'SIP transport',
    }),
    healthCheck: HealthCheckSchema,
    queues: Type.Array(QueueSchema, { minItems: 1, description: 'mod_callcenter queues' }),
    ivrPools: Type.Array(IvrPoolSchema, { default: [], description: 'its part of the IVR bank' }),
  },
  closed,
);

export const CentresSchema = Type.Object(
  { centres: Type.Array(CentreSchema, { minItems: 1, description: 'every centre' }) },
  closed,
);

export type Queue = Static<typeof QueueSchema>;
export type IvrPool = Static<typeof IvrPoolSchema>;
export type HealthCheck = Static<typeof HealthCheckSchema>;
export type Centre = Static<typeof CentreSchema>;
export type CentresSettings = Static<typeof CentresSchema>;
