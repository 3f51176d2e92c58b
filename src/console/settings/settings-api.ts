// HTTP under /v1 for settings and switches: read the files, check edits as they are typed, save them, see who changed what, undo.
// Routes say what OpenAPI shows of them.
import type {} from '@fastify/swagger';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { restartFields } from '../../config/index.js';
import { errorCode } from '../../kernel/index.js';
import { actorOf, only } from '../access/principal.js';
import type { Principal } from '../access/principal.js';
import type { ApiArea } from '../api-area.js';
import { refuseBadTexts } from '../given-values.js';
import type { CheckAnswer, SaveAnswer, SettingsDesk } from './settings-desk.js';
import type { EditHistory } from './settings-ports.js';
import * as shapes from './settings-schemas.js';
import { seesEverything } from './switch-desk.js';
import type { SwitchAnswer, SwitchDesk } from './switch-desk.js';

export interface SettingsApiParts {
  readonly desk: SettingsDesk;
  readonly switches: SwitchDesk;
  readonly history: Pick<EditHistory, 'list'>;
}

/** Of an edit: forms send what changed, not files. */
const bodyLimit = 524_288;
const retryAfterSeconds = 5;
const maxListed = 200;

const statusOf: Readonly<Record<(SaveAnswer | SwitchAnswer | CheckAnswer)['kind'], number>> = {
  saved: 200,
  checked: 200,
  conflict: 409,
  invalid: 422,
  'wrong-value': 422,
  'nothing-changed': 409,
  'cannot-undo': 409,
  unwritable: 409,
  unreadable: 409,
  'unknown-file': 404,
  'unknown-edit': 404,
  'unknown-switch': 404,
  forbidden: 403,
};

/** The routes. */
export function settingsApi(parts: SettingsApiParts): ApiArea {
  return (v1) => {
    v1.setErrorHandler(answerError);
    takeEmptyBodies(v1);
    refuseBadTexts(v1);
    registerFiles(v1, parts);
    registerHistory(v1, parts);
    registerSwitches(v1, parts);
  };
}

type Scope = Parameters<ApiArea>[0];

function takeEmptyBodies(v1: Scope): void {
  v1.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? null : JSON.parse(String(body)));
    } catch {
      done(Object.assign(new Error('the body is not JSON'), { statusCode: 400 }));
    }
  });
}

function registerFiles(v1: Scope, { desk }: SettingsApiParts): void {
  v1.get(
    '/settings',
    {
      config: only('admin'),
      schema: { summary: 'The settings files', tags: ['Settings'], response: { 200: shapes.SettingsAnswer } },
    },
    async (request, reply) => {
      if (!mayEdit(request)) return forbidden(reply);
      return { ...(await desk.read()), restartFields };
    },
  );
  v1.post<{ Body: Static<typeof shapes.CheckBody> }>(
    '/settings/check',
    {
      config: only('admin'),
      bodyLimit,
      schema: {
        summary: 'What changes would make of a file; writes nothing',
        tags: ['Settings'],
        body: shapes.CheckBody,
        response: { 200: shapes.CheckAnswerBody, 404: shapes.InvalidBody, 409: shapes.ConflictBody },
      },
    },
    async (request, reply) => {
      if (!mayEdit(request)) return forbidden(reply);
      const { file, version, changes } = request.body;
      return answer(reply, await desk.check(file, version, changes));
    },
  );
  v1.put<{ Params: { file: string }; Body: Static<typeof shapes.SaveBody> }>(
    '/settings/:file',
    {
      config: only('admin'),
      bodyLimit,
      schema: {
        summary: 'Changes a settings file',
        tags: ['Settings'],
        params: shapes.FileParams,
        body: shapes.SaveBody,
        response: shapes.saveAnswers,
      },
    },
    async (request, reply) => {
      if (!mayEdit(request)) return forbidden(reply);
      const { version, changes, comment = '' } = request.body;
      const saved = await desk.save({
        actor: actorOf(whoAsks(request)),
        action: 'settings-edit',
        comment,
        file: request.params.file,
        version,
        change: { kind: 'edits', edits: changes },
      });
      return answer(reply, saved);
    },
  );
}

function registerHistory(v1: Scope, { desk, history }: SettingsApiParts): void {
  v1.get<{ Querystring: Static<typeof shapes.HistoryQuery> }>(
    '/settings/history',
    {
      config: only('admin'),
      schema: {
        summary: 'Who changed which settings, newest first',
        tags: ['Settings'],
        querystring: shapes.HistoryQuery,
        response: { 200: shapes.HistoryAnswer },
      },
    },
    async (request, reply) => {
      if (!mayEdit(request)) return forbidden(reply);
      const { file, subject, before, limit } = request.query;
      const edits = await history.list({
        file,
        subject,
        before: before === undefined ? undefined : Number(before),
        limit: Math.max(1, Math.min(maxListed, Number(limit ?? 50))),
      });
      return { edits };
    },
  );
  v1.post<{ Params: { edit: string }; Body: Static<typeof shapes.UndoBody> }>(
    '/settings/history/:edit/undo',
    {
      config: only('admin'),
      bodyLimit,
      schema: {
        summary: 'Takes an edit back, as a new edit',
        tags: ['Settings'],
        params: shapes.EditParams,
        body: shapes.UndoBody,
        response: shapes.saveAnswers,
      },
    },
    async (request, reply) => {
      if (!mayEdit(request)) return forbidden(reply);
      const comment = request.body?.comment ?? '';
      const undone = await desk.undo(Number(request.params.edit), {
        actor: actorOf(whoAsks(request)),
        comment,
      });
      return answer(reply, undone);
    },
  );
}

function registerSwitches(v1: Scope, { switches }: SettingsApiParts): void {
  v1.get(
    '/switches',
    {
      config: only('admin', 'supervisor'),
      schema: {
        summary: 'Kill switches, diversion cap and drains, as the router has them',
        tags: ['Settings'],
        response: { 200: shapes.SwitchesAnswer },
      },
    },
    async (request) => ({ switches: await switches.list(whoAsks(request)) }),
  );
  v1.put<{ Params: { switch: string }; Body: Static<typeof shapes.SwitchBody> }>(
    '/switches/:switch',
    {
      config: only('admin', 'supervisor'),
      bodyLimit: 4096,
      schema: {
        summary: 'Turns a switch',
        tags: ['Settings'],
        params: shapes.SwitchParams,
        body: shapes.SwitchBody,
        response: shapes.saveAnswers,
      },
    },
    async (request, reply) => {
      const { comment = '', ...wanted } = request.body;
      return answer(
        reply,
        await switches.set(whoAsks(request), request.params.switch, { ...wanted, comment }),
      );
    },
  );
}

/** The gate lets nobody else come here. */
function whoAsks({ principal }: FastifyRequest): Principal {
  if (principal === undefined) throw new Error('nobody asks');
  return principal;
}

function mayEdit(request: FastifyRequest): boolean {
  return seesEverything(whoAsks(request));
}

function forbidden(reply: FastifyReply): FastifyReply {
  const message = 'the files hold the settings of every partner, and you may see some alone';
  return reply.code(403).send({ code: 'forbidden', message });
}

function answer(reply: FastifyReply, given: SaveAnswer | SwitchAnswer | CheckAnswer): FastifyReply {
  const { kind, ...body } = given;
  if (kind === 'saved' || kind === 'checked') return reply.send(body);
  const message =
    given.kind === 'invalid'
      ? `the settings would not be valid: ${given.problems[0]?.field ?? ''} ${given.problems[0]?.message ?? ''}`
      : given.message;
  return reply.code(statusOf[kind]).send({ code: kind, ...body, message });
}

function answerError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const code = errorCode(error);
  if (code === 'RECORDS_UNAVAILABLE' || code === 'SETTINGS_EDITOR') {
    void reply
      .code(503)
      .header('Retry-After', String(retryAfterSeconds))
      .send({
        code: code === 'SETTINGS_EDITOR' ? 'busy' : 'records-unavailable',
        message:
          code === 'SETTINGS_EDITOR'
            ? error.message
            : 'the records cannot be reached, and no setting is changed without its line of the audit: nothing was written',
      });
    return;
  }
  const status = error.statusCode ?? 500;
  void reply.code(status).send({
    code: status === 413 ? 'too-large' : status < 500 ? 'bad-request' : 'internal-error',
    message: status < 500 ? error.message : 'the request failed inside',
  });
}
