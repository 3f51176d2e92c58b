// config/centres.yaml: call centres (one FreeSWITCH site each), their queues and the IVR bank.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, Id, Milliseconds, Money, OneOf } from './primitives.js';
import { AgentSkillSchema, SkillSteps } from './skills.js';

const drain = (what: string) =>
  Type.Boolean({
    default: false,
    description: `true: maintenance, no new call goes to ${what}; calls that are there stay`,
  });

/** What agents of a queue take: calls with sound, calls with a text stream (RFC 4103), chats. */
export const queueMedia = ['audio', 'text', 'chat'] as const;

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
        'share of the callers among destinations of equal worth or unknown wait, the same caller always to the same one; 0 takes calls only when nothing else can',
    }),
    drain: drain('the queue'),
    // Without a default: what a queue does not say is [audio].
    media: Type.Optional(
      Type.Array(
        OneOf(queueMedia, {
          description: 'audio: calls; text: calls with a text stream (RFC 4103); chat: chats',
        }),
        { minItems: 1, uniqueItems: true, description: 'what its agents take; default [audio]' },
      ),
    ),
    requires: Type.Optional(
      SkillSteps(
        'skills that its agents need, as relaxing steps; with it `proffer centres apply` makes the queue and its tiers',
      ),
    ),
    queueStrategy: OneOf(
      [
        'longest-idle-agent',
        'round-robin',
        'top-down',
        'agent-with-least-talk-time',
        'agent-with-fewest-calls',
        'sequentially-by-agent-order',
        'random',
        'ring-all',
        'ring-progressively',
      ],
      {
        default: 'longest-idle-agent',
        description: 'how mod_callcenter picks among agents of one step; used where the queue is provisioned',
      },
    ),
    serviceLevelSeconds: Type.Integer({
      minimum: 1,
      maximum: 3600,
      default: 20,
      description: 'a call answered within this counts as in time for the service level, in seconds',
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
    drain: drain('the program'),
  },
  closed,
);

export const AgentSchema = Type.Object(
  {
    agent: Id('the id of the agent; at the centre it is <agent>@<domain>'),
    contact: Type.Optional(
      Type.String({
        pattern: "^[^\\s|'\\\\]+$",
        maxLength: 250,
        description: 'what the centre rings, such as user/1001@example.com; default user/<agent>@<domain>',
        expects: 'a dial string without spaces, quotes and |, such as user/1001@example.com',
      }),
    ),
    skills: Type.Array(AgentSkillSchema, { default: [], description: 'what the agent is qualified for' }),
    maxNoAnswer: Type.Integer({
      minimum: 0,
      maximum: 100,
      default: 3,
      description: 'calls not answered in a row after which the centre puts the agent On Break; 0 never',
    }),
    wrapUpSeconds: Type.Integer({
      minimum: 0,
      maximum: 3600,
      default: 10,
      description: 'time after a call, in seconds',
    }),
    rejectDelaySeconds: Type.Integer({
      minimum: 0,
      maximum: 3600,
      default: 10,
      description: 'rest after a call that the agent refused, in seconds',
    }),
    busyDelaySeconds: Type.Integer({
      minimum: 0,
      maximum: 3600,
      default: 30,
      description: 'rest after the phone was busy, in seconds',
    }),
    noAnswerDelaySeconds: Type.Integer({
      minimum: 0,
      maximum: 3600,
      default: 5,
      description: 'rest after a call that was not answered, in seconds',
    }),
  },
  closed,
);

export const EventSocketSchema = Type.Object(
  {
    host: Type.Optional(
      Type.String({
        pattern: '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9.-]+)$',
        description: 'host or address; default the host of the centre',
        expects: 'a host name or an address (an IPv6 address in brackets)',
      }),
    ),
    port: Type.Integer({ minimum: 1, maximum: 65535, default: 8021, description: 'its TCP port' }),
    domain: Type.String({
      pattern: '^[A-Za-z0-9.-]{1,64}$',
      default: 'default',
      description: 'queues and agents are called <id>@<domain> there',
      expects: 'a domain, such as default or example.com',
    }),
    reconcileIntervalMs: Milliseconds('how often everything is read anew', 1000, 600_000, 15_000),
    staleAfterMs: Milliseconds(
      'silence after which the readings of the centre count as unknown',
      500,
      600_000,
      6000,
    ),
    mediaProfile: Type.String({
      pattern: '^[A-Za-z0-9_.-]{1,64}$',
      default: 'drachtio_mrf',
      description: 'SIP profile whose calls FreeSWITCH hands to the router (IVR bank)',
      expects: 'the name of a SIP profile',
    }),
    queueContext: Type.String({
      pattern: '^[A-Za-z0-9_.-]{1,64}$',
      default: 'router',
      description: 'dialplan context in which the id of a queue is its extension',
      expects: 'the name of a dialplan context',
    }),
  },
  {
    ...closed,
    description:
      'the FreeSWITCH event socket of the centre: live agents and queues, IVR, provisioning; the password is FREESWITCH_ESL_SECRET',
  },
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
    transport: Type.Union([Type.Literal('udp'), Type.Literal('tcp'), Type.Literal('tls')], {
      default: 'udp',
      description:
        'SIP transport; tls needs a TLS address in sip.listen, and a certificate of the centre for its host',
    }),
    healthCheck: HealthCheckSchema,
    drain: drain('the centre'),
    eventSocket: Type.Optional(EventSocketSchema),
    agents: Type.Array(AgentSchema, {
      default: [],
      description: 'agents whose tiers follow from their skills; the centre may have others',
    }),
    queues: Type.Array(QueueSchema, { minItems: 1, description: 'mod_callcenter queues' }),
    ivrPools: Type.Array(IvrPoolSchema, { default: [], description: 'its part of the IVR bank' }),
  },
  closed,
);

export const CentresSchema = Type.Object(
  { centres: Type.Array(CentreSchema, { minItems: 1, description: 'every centre' }) },
  closed,
);

/** What agents of a queue take. */
export type QueueMedium = (typeof queueMedia)[number];
export type Queue = Static<typeof QueueSchema>;
export type IvrPool = Static<typeof IvrPoolSchema>;
export type AgentSettings = Static<typeof AgentSchema>;
export type EventSocketSettings = Static<typeof EventSocketSchema>;
export type HealthCheck = Static<typeof HealthCheckSchema>;
export type Centre = Static<typeof CentreSchema>;
export type CentresSettings = Static<typeof CentresSchema>;
