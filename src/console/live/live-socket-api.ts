// GET /v1/live: live events over a WebSocket, for whoever the gate lets in. A browser says where its page is from (Origin): pages of
// other places are refused, or they would read live events with the cookie of the person in front of them.
import type {} from '@fastify/swagger';
import websocket from '@fastify/websocket';
import type { WebSocket } from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { everyRole } from '../access/principal.js';
import type { Authentication, Authenticator } from '../access/gate.js';
import type { Principal } from '../access/principal.js';
import type { ApiArea } from '../api-area.js';
import type { LiveHub, Resume } from './hub.js';
import type { Connection } from './live-socket.js';

const Query = Type.Object(
  {
    topics: Type.Optional(
      Type.String({ maxLength: 200, description: 'Topics, comma-separated: desk, board, calls, settings.' }),
    ),
    resume: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{1,32}:[0-9]{1,15}$',
        description: 'STREAM:SEQ of the last message that was received: events that were missed follow.',
      }),
    ),
  },
  { additionalProperties: false },
);
type Query = Static<typeof Query>;

export interface LiveSocketApiOptions {
  readonly hub: LiveHub;
  /** Who a request comes from now: asked again and again while its link is open. Absent: nobody is asked. */
  readonly sessions?: Authenticator | undefined;
  /** Where people open the console, such as https://proffer.example.com; undefined: wherever the request says. */
  readonly publicUrl?: () => string | undefined;
}

const serverOptions = {
  /** Frames of clients are a list of topics. */
  maxPayload: 4096,
  /** A client that does not answer a close within this is cut off: a router that stops does not wait for it. */
  closeTimeout: 2000,
};

/**
 * Lets `app` open WebSockets. Before the gate, so that the connection of an upgrade that is refused ends with the answer, whatever
 * the path.
 */
export function registerWebSockets(app: FastifyInstance): void {
  // Who opened them closes them.
  void app.register(websocket, { options: serverOptions, preClose: (done) => done() });
}

/** The route. Plain HTTP gets 426. */
export function liveSocketApi({ hub, sessions, publicUrl }: LiveSocketApiOptions): ApiArea {
  return (v1) => {
    v1.addHook('preClose', (done) => {
      hub.stop();
      done();
    });
    void v1.register((scope, _options, done) => {
      scope.addHook('onRequest', async (request, reply) => {
        if (isOurs(request, publicUrl?.())) return;
        return reply
          .code(403)
          .send({ code: 'bad-origin', message: 'live links are for pages of this console' });
      });
      scope.route<{ Querystring: Query }>({
        method: 'GET',
        url: '/live',
        config: everyRole,
        schema: {
          summary:
            'Live events over a WebSocket: hello, then a state of each topic, events and beats (docs/desk-api.md)',
          tags: ['live'],
          querystring: Query,
        },
        handler: (_request, reply) =>
          reply
            .code(426)
            .header('Upgrade', 'websocket')
            .send({ code: 'upgrade-required', message: 'open it as a WebSocket' }),
        wsHandler: (socket, request) => join({ hub, sessions }, socket, request),
      });
      done();
    });
  };
}

function join(
  { hub, sessions }: Pick<LiveSocketApiOptions, 'hub' | 'sessions'>,
  socket: WebSocket,
  request: FastifyRequest<{ Querystring: Query }>,
): void {
  // Without it an error of the connection would end the process; its close follows.
  socket.on('error', () => undefined);
  const { principal, query } = request;
  if (principal === undefined) {
    socket.terminate();
    return;
  }
  const topics = (query.topics ?? '').split(',').filter((one) => one !== '');
  const isAllowed = async () => isStill(principal, await sessions?.authenticate(request));
  const connection =
    sessions === undefined || principal.kind !== 'person'
      ? connectionOf(socket)
      : Object.assign(connectionOf(socket), { isAllowed });
  const joined = hub.connect(connection, principal, topics, resumeOf(query.resume));
  if (joined === undefined) return;
  socket.on('message', (data, isBinary) =>
    hub.message(joined, isBinary ? '' : (data as Buffer).toString('utf8')),
  );
  socket.on('pong', () => hub.heard(joined));
  socket.on('close', () => hub.gone(joined));
}

/** The same person with the same rights. @throws Error while the records cannot say it */
function isStill(before: Principal, now: Authentication | undefined): boolean {
  if (now?.kind === 'refused' && now.status === 503) throw new Error(now.code);
  return now?.kind === 'principal' && JSON.stringify(now.principal) === JSON.stringify(before);
}

function connectionOf(socket: WebSocket): Connection {
  return {
    send: (text) => socket.send(text),
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    ping: () => socket.ping(),
    close: (code, reason) => socket.close(code, reason),
    terminate: () => socket.terminate(),
  };
}

function resumeOf(text: string | undefined): Resume | undefined {
  const [stream = '', seq = ''] = text?.split(':') ?? [];
  return text === undefined ? undefined : { stream, seq: Number(seq) };
}

/** Systems that are no browser send no Origin. */
function isOurs({ headers }: FastifyRequest, publicUrl: string | undefined): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const place = new URL(origin).host;
  if (place === host) return true;
  return publicUrl !== undefined && URL.canParse(publicUrl) && new URL(publicUrl).host === place;
}
