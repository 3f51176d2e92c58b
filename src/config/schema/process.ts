// config/proffer.yaml: the process, SIP, stores and logs of one router.
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { closed, Milliseconds, OneOf, Percent } from './primitives.js';
import { SipSchema } from './sip.js';

export const ProcessSchema = Type.Object(
  {
    sip: SipSchema,
    routing: Type.Object(
      {
        decisionDeadlineMs: Milliseconds('INVITE to the first forwarded request or 302', 10, 5000, 150),
        storeDeadlineMs: Milliseconds('one look-up in the strategy store', 1, 2000, 60),
        ringTimeoutMs: Milliseconds(
          'ringing at one destination before the next is tried',
          1000,
          180_000,
          30_000,
        ),
        provisionalTimeoutMs: Milliseconds(
          'silence of one destination before the next is tried',
          100,
          32_000,
          2000,
        ),
        retryAfterSeconds: Type.Integer({
          minimum: 1,
          maximum: 3600,
          default: 5,
          description: 'the Retry-After of a 503, in seconds',
        }),
      },
      { ...closed, default: {} },
    ),
    decision: Type.Object(
      {
        killSwitch: Type.Boolean({
          default: false,
          description: 'true: no offer to anybody, every call to plain service',
        }),
        controlArmPercent: Percent('customers that always get plain service, for comparison', 5),
        diversionCapPercent: Percent(
          'greatest share of calls that may be routed for an offer, over the last 1,000',
          100,
        ),
      },
      { ...closed, default: {} },
    ),
    reservations: Type.Object(
      {
        shared: Type.Union([Type.Literal('auto'), Type.Literal('none'), Type.Literal('redis')], {
          default: 'auto',
          description:
            'redis: routers share who is spoken for at REDIS_URL; none: each knows its own calls alone; auto: redis when REDIS_URL is set',
        }),
        lifetimeMs: Milliseconds(
          'how long a call on its way counts against the free agents or ports unless it is seen there before',
          500,
          60_000,
          5000,
        ),
        claimDeadlineMs: Milliseconds(
          'how long a call waits for Redis to say that a free agent is its own; after it the router’s own knowledge serves',
          1,
          1000,
          25,
        ),
      },
      { ...closed, default: {} },
    ),
    ivr: Type.Object(
      {
        listenHost: Type.String({
          minLength: 1,
          default: '127.0.0.1',
          description:
            'address on which FreeSWITCH reaches the router for a call in the IVR (outbound socket)',
        }),
        listenPort: Type.Integer({
          minimum: 0,
          maximum: 65535,
          default: 0,
          description:
            'its port for the first centre, counted up by one for each further one; 0 takes free ones',
        }),
        advertisedHost: Type.Optional(
          Type.String({
            minLength: 1,
            description: 'the address that FreeSWITCH is told, where it differs from listenHost (NAT)',
          }),
        ),
        openTimeoutMs: Milliseconds(
          'how long a centre may take to answer a call for its IVR before the next is tried',
          200,
          10_000,
          2000,
        ),
      },
      { ...closed, default: {} },
    ),
    strategyStore: Type.Object(
      {
        kind: Type.Union([Type.Literal('lmdb'), Type.Literal('redis')], {
          default: 'lmdb',
          description: 'lmdb: in the data directory; redis: at REDIS_URL (setting REDIS_URL selects it)',
        }),
        cacheEntries: Type.Integer({
          minimum: 0,
          maximum: 10_000_000,
          default: 50_000,
          description: 'records kept in memory; 0 turns the cache off',
        }),
        cacheMaxAgeMs: Milliseconds('age at which a cached record is looked up again', 0, 3_600_000, 5000),
        staleMaxAgeMs: Milliseconds(
          'age up to which a cached record serves while the store is down',
          0,
          86_400_000,
          900_000,
        ),
        learnedEntries: Type.Integer({
          minimum: 0,
          maximum: 10_000_000,
          default: 500_000,
          description:
            'customers of whom a router on Redis keeps in memory what was learned since the ranking, some 400 bytes each; above it the oldest give way; 0: nothing learned counts, on LMDB neither',
        }),
      },
      { ...closed, default: {} },
    ),
    decisionLog: Type.Object(
      {
        maxFileBytes: Type.Integer({
          minimum: 65_536,
          maximum: 10_000_000_000,
          default: 100_000_000,
          description: 'size at which a new decision file is begun, in bytes',
        }),
        maxFiles: Type.Integer({
          minimum: 1,
          maximum: 10_000,
          default: 20,
          description:
            'decision files that are kept; while the records database is down, more are kept, up to maxSpoolBytes',
        }),
        maxSpoolBytes: Type.Integer({
          minimum: 1_000_000,
          maximum: 1_000_000_000_000,
          default: 20_000_000_000,
          description:
            'most bytes that wait for the records database; above it the oldest are kept and new ones counted as dropped',
        }),
        maxQueuedRecords: Type.Integer({
          minimum: 100,
          maximum: 1_000_000,
          default: 20_000,
          description: 'records waiting in memory for the disk; above it new ones are counted as dropped',
        }),
      },
      { ...closed, default: {} },
    ),
    records: Type.Object(
      {
        kind: Type.Union([Type.Literal('auto'), Type.Literal('none')], {
          default: 'auto',
          description:
            'auto: PostgreSQL at DATABASE_URL, else an embedded one in the data directory; none: no records, so calls leave decision files alone, and nothing is learned from dispositions',
        }),
        maxConnections: Type.Integer({
          minimum: 2,
          maximum: 100,
          default: 4,
          description: 'connections of one router to the records database',
        }),
        statementTimeoutMs: Milliseconds('how long one statement may take', 100, 600_000, 10_000),
        identifyDeadlineMs: Milliseconds(
          'how long a caller who has entered digits waits for the database to say who that is',
          50,
          5000,
          1500,
        ),
        contactDays: Type.Integer({
          minimum: 1,
          maximum: 36_500,
          default: 730,
          description:
            'contacts, with their decisions, attempts, exposures and dispositions, are removed when they are older, in days',
        }),
        decisionDetailDays: Type.Integer({
          minimum: 1,
          maximum: 36_500,
          default: 90,
          description:
            'the record that replays a decision is removed when it is older, in days; what was decided stays as long as the contact',
        }),
        auditDays: Type.Integer({
          minimum: 1,
          maximum: 36_500,
          default: 1095,
          description: 'entries of the audit are removed when they are older, in days',
        }),
      },
      { ...closed, default: {} },
    ),
    http: Type.Object(
      {
        host: Type.String({
          minLength: 1,
          default: '127.0.0.1',
          description: 'address of /metrics, /healthz and /readyz',
        }),
        port: Type.Integer({
          minimum: 0,
          maximum: 65535,
          default: 8080,
          description: 'PROFFER_HTTP_PORT replaces it',
        }),
        trustedProxies: Type.Array(Type.String({ description: 'such as 10.0.0.0/8' }), {
          default: [],
          maxItems: 100,
          description:
            'addresses or CIDR blocks of reverse proxies whose X-Forwarded-For says where a request comes from; without it all people behind one share its limits',
        }),
      },
      { ...closed, default: {} },
    ),
    console: Type.Object(
      {
        publicUrl: Type.Optional(
          Type.String({
            pattern: '^https?://[^/?#\\s]+(/[^?#\\s]*)?$',
            description:
              'where people reach the console, such as https://calls.example.com; needed behind a proxy and for OpenID Connect',
            expects: 'the URL that people type, such as https://calls.example.com',
          }),
        ),
        sessionHours: Type.Number({
          minimum: 0.05,
          maximum: 168,
          default: 12,
          description: 'who logged in logs in again after so long, in hours',
        }),
        idleMinutes: Type.Number({
          minimum: 1,
          maximum: 10_080,
          default: 60,
          description: 'a session that nobody uses ends after so long, in minutes; open pages use it',
        }),
        offlineMinutes: Type.Number({
          minimum: 0,
          maximum: 1440,
          default: 15,
          description:
            'so long people who are logged in go on working while the records database is down, in minutes',
        }),
        login: Type.Object(
          {
            accountTries: Type.Integer({
              minimum: 1,
              maximum: 1000,
              default: 10,
              description: 'tries to log in with one name in a window, before it has to wait',
            }),
            sourceTries: Type.Integer({
              minimum: 1,
              maximum: 100_000,
              default: 50,
              description:
                'tries from one address in a window; those that succeed do not count. An office may share one',
            }),
            windowMinutes: Type.Number({
              minimum: 0.01,
              maximum: 1440,
              default: 15,
              description: 'length of the window, in minutes',
            }),
          },
          { ...closed, default: {} },
        ),
        callerShown: OneOf(['masked', 'full'], {
          default: 'masked',
          description: 'what agents see of the caller’s number: masked: its end; full: all of it',
        }),
        oidc: Type.Optional(
          Type.Object(
            {
              issuer: Type.String({
                pattern: '^https?://[^\\s]+$',
                description:
                  'URL of the OpenID Connect provider, without /.well-known; http for a loopback address alone',
                expects: 'the URL of the issuer, such as https://login.example.com/realms/staff',
              }),
              clientId: Type.String({ minLength: 1, description: 'the router’s id at the provider' }),
              name: Type.String({
                minLength: 1,
                maxLength: 64,
                default: 'single sign-on',
                description: 'the provider, as the page to log in names it',
              }),
              agentClaim: Type.String({
                minLength: 1,
                default: 'preferred_username',
                description: 'claim of the ID token that holds the name of a person of the console',
              }),
              scopes: Type.String({
                pattern: '(^| )openid( |$)',
                default: 'openid profile',
                description: 'what is asked of the provider, with a space between',
                expects: 'scopes with a space between, openid among them',
              }),
            },
            {
              ...closed,
              description:
                'log-in at a provider of OpenID Connect; its secret comes from PROFFER_OIDC_SECRET, and publicUrl is needed',
            },
          ),
        ),
      },
      { ...closed, default: {} },
    ),
    log: Type.Object(
      {
        level: Type.Union(
          (['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const).map((one) =>
            Type.Literal(one),
          ),
          { default: 'info', description: 'least severe level that is written' },
        ),
        personalData: Type.Boolean({
          default: false,
          description: 'true: phone and account numbers unmasked in logs',
        }),
      },
      { ...closed, default: {} },
    ),
    demo: Type.Object(
      {
        customers: Type.Integer({
          minimum: 0,
          maximum: 1_000_000,
          default: 20_000,
          description: 'demonstration customers loaded when the strategy store is empty; 0 loads none',
        }),
        standInCentres: Type.Boolean({
          default: true,
          description:
            'true: a stand-in with simulated agents serves each centre and overflow that has a loopback address',
        }),
      },
      { ...closed, default: {} },
    ),
  },
  closed,
);

export type ProcessSettings = Static<typeof ProcessSchema>;
