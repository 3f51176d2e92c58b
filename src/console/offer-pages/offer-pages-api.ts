// HTTP under /v1 for offers and their pages: what agents read while they present one, and what admins write there.
import type {} from '@fastify/swagger';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { errorCode } from '../../kernel/index.js';
import type { Logger } from '../../kernel/index.js';
import { actorOf, everyRole, only, seesPartner } from '../access/principal.js';
import type { Principal } from '../access/principal.js';
import type { Audit } from '../access/audit.js';
import type { ApiArea } from '../api-area.js';
import { BadValueError, refuseBadTexts } from '../given-values.js';
import { fillPage } from './fill-page.js';
import type { OfferPageSaved, OfferPageView, OfferView } from './offer-page-view.js';
import type { OfferPagesOperations, ScriptCaller } from './offer-pages-operations.js';

export interface OfferPagesApiParts {
  readonly operations: OfferPagesOperations;
  readonly audit: Audit;
  readonly log: Logger;
}

const tags = ['offer pages'];
const closed = { additionalProperties: false } as const;
const Language = Type.String({ pattern: '^[a-z]{2}$' });
const OfferParams = Type.Object({ offer: Type.String({ minLength: 1, maxLength: 64 }) });
const PageQuery = Type.Object(
  {
    decision: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    language: Type.Optional(Language),
    raw: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
  },
  closed,
);
const PageBody = Type.Object(
  {
    language: Language,
    markdown: Type.String({ maxLength: 65_536 }),
    version: Type.Union([Type.String({ minLength: 1, maxLength: 64 }), Type.Null()]),
  },
  closed,
);
const OfferSchema = Type.Object({
  offer: Type.String(),
  name: Type.String(),
  kind: Type.Union([Type.Literal('sales'), Type.Literal('service')]),
  partner: Type.String(),
  hasPage: Type.Boolean(),
  languages: Type.Array(Type.String()),
  url: Type.String(),
});
const PageSchema = Type.Object({
  offer: Type.String(),
  name: Type.String(),
  kind: Type.Union([Type.Literal('sales'), Type.Literal('service')]),
  url: Type.String(),
  version: Type.Union([Type.String(), Type.Null()]),
  language: Type.String(),
  markdown: Type.String(),
  blanks: Type.Array(Type.String()),
});
const SavedSchema = Type.Object({
  offer: Type.String(),
  language: Type.String(),
  version: Type.Union([Type.String(), Type.Null()]),
});

/** The language of a page where the one that is asked for is not there. */
const firstLanguage = 'en';
/** Of the file, in bytes. */
const maxPageBytes = 65_536;
/** A page of which each character is escaped, and the rest. */
const bodyLimit = 6 * maxPageBytes + 4096;

const refusals = {
  'unknown-offer': { status: 404, message: 'there is no such offer' },
  'no-page': { status: 404, message: 'the offer has no page here; its url is elsewhere' },
  'not-your-call': { status: 403, message: 'the call of that decision was not yours' },
  conflict: {
    status: 409,
    message:
      'somebody else has changed the page meanwhile; read it again, and save with the version it has now',
  },
  'name-taken': {
    status: 409,
    message: 'the file of that page would be that of another offer; rename one of the two offers',
  },
  'page-too-long': { status: 413, message: `markdown: at most ${maxPageBytes} bytes` },
} as const;

/**
 * `GET /v1/offers`; `GET /v1/offers/:offer/page?decision=&language=&raw=`; `PUT /v1/offers/:offer/page` {language, markdown, version}
 * for admins: an empty text removes the page.
 */
export function offerPagesApi({ operations, audit, log }: OfferPagesApiParts): ApiArea {
  const seen = async (principal: Principal | undefined): Promise<readonly OfferView[]> =>
    (await operations.offers()).filter(
      ({ partner }) => principal !== undefined && seesPartner(principal, partner),
    );
  const seenOffer = async ({ principal, params }: FastifyRequest<{ Params: { offer: string } }>) =>
    (await seen(principal)).find(({ offer }) => offer === params.offer);
  return (v1) => {
    v1.setErrorHandler((error: FastifyError, _request, reply) => answerError(error, reply, log));
    refuseBadTexts(v1);
    v1.get(
      '/offers',
      {
        schema: {
          summary: 'The offers of the partners that you see, and which have a page here',
          tags,
          response: { 200: Type.Object({ offers: Type.Array(OfferSchema) }) },
        },
        config: everyRole,
      },
      async ({ principal }) => ({ offers: await seen(principal) }),
    );
    v1.get<{ Params: { offer: string }; Querystring: Static<typeof PageQuery> }>(
      '/offers/:offer/page',
      {
        schema: {
          summary: 'The page of an offer, filled for the caller of a call',
          tags,
          params: OfferParams,
          querystring: PageQuery,
          response: { 200: PageSchema },
        },
        config: everyRole,
      },
      async (request, reply) => {
        const offer = await seenOffer(request);
        if (offer === undefined) return refuse(reply, 'unknown-offer');
        const { decision, language = firstLanguage, raw } = request.query;
        if (raw === 'true') return rawPage(operations, offer, language);
        const caller = decision === undefined ? undefined : await operations.caller(decision);
        if (caller !== undefined && !mayRead(request.principal, caller))
          return refuse(reply, 'not-your-call');
        const view = await filledPage(operations, { offer, language, caller, principal: request.principal });
        return view ?? refuse(reply, 'no-page', { offer: offer.offer, name: offer.name, url: offer.url });
      },
    );
    v1.put<{ Params: { offer: string }; Body: Static<typeof PageBody> }>(
      '/offers/:offer/page',
      {
        schema: {
          summary: 'Replace the page of an offer in one language; an empty text removes it',
          tags,
          params: OfferParams,
          body: PageBody,
          response: { 200: SavedSchema },
        },
        bodyLimit,
        config: only('admin'),
      },
      async (request, reply) => {
        const offer = await seenOffer(request);
        if (offer === undefined || request.principal === undefined) return refuse(reply, 'unknown-offer');
        const { language, markdown, version } = request.body;
        if (Buffer.byteLength(markdown) > maxPageBytes) return refuse(reply, 'page-too-long');
        const page = { offer: offer.offer, language, markdown, version: version ?? undefined };
        const answer = await operations.write(page);
        if (answer.kind === 'name-taken') return refuse(reply, 'name-taken');
        if (answer.kind === 'conflict') return refuse(reply, 'conflict', { version: answer.version ?? null });
        const saved = answer.kind === 'written' ? answer.version : null;
        const detail = { language, before: version, after: saved };
        const actor = actorOf(request.principal);
        await audit.write(actor, 'offer-page-saved', offer.offer, detail).catch((error: unknown) => {
          // The page is saved; that must not look like a failure.
          log.error(
            { err: error, actor, offer: offer.offer, ...detail },
            'offer page saved without a line in the audit',
          );
        });
        return { offer: offer.offer, language, version: saved } satisfies OfferPageSaved;
      },
    );
  };
}

/** An agent reads a script with the data of a call that was theirs; whoever sees the partner, of any. */
function mayRead(principal: Principal | undefined, { partner, agents }: ScriptCaller): boolean {
  if (principal === undefined || !seesPartner(principal, partner)) return false;
  if (principal.kind !== 'person' || principal.role !== 'agent') return true;
  return agents.some((agent) => principal.centreAgents.includes(agent));
}

async function rawPage(
  operations: OfferPagesOperations,
  { offer, name, kind, url }: OfferView,
  language: string,
): Promise<OfferPageView> {
  const page = await operations.read(offer, language);
  const { version = null, markdown = '' } = page ?? {};
  return { offer, name, kind, url, version, language, markdown, blanks: [] };
}

interface Wanted {
  readonly offer: OfferView;
  readonly language: string;
  readonly caller: ScriptCaller | undefined;
  readonly principal: Principal | undefined;
}

async function filledPage(
  operations: OfferPagesOperations,
  { offer: { offer, name, kind, url, languages }, language, caller, principal }: Wanted,
): Promise<OfferPageView | undefined> {
  for (const one of new Set([language, firstLanguage, ...languages])) {
    const page = await operations.read(offer, one);
    if (page === undefined) continue;
    const values = new Map(
      Object.entries(caller?.fields ?? {}).map(([field, value]) => [`customer.${field}`, value]),
    );
    values.set('offer.name', name);
    if (caller !== undefined) values.set('partner.name', caller.partnerName);
    if (principal?.kind === 'person') values.set('agent.name', principal.name);
    const { markdown, blanks } = fillPage(page.markdown, values);
    const { version } = page;
    return { offer, name, kind, url, version, language: page.language, markdown, blanks: [...blanks] };
  }
  return undefined;
}

function refuse(reply: FastifyReply, code: keyof typeof refusals, more: object = {}): FastifyReply {
  const { status, message } = refusals[code];
  return reply.code(status).send({ code, message, ...more });
}

function answerError(error: FastifyError, reply: FastifyReply, log: Logger): void {
  const status = error.statusCode ?? 500;
  if (error instanceof BadValueError) {
    void reply.code(400).send({ code: 'bad-request', field: error.field, message: error.message });
  } else if (error.validation !== undefined) {
    const [problem] = error.validation;
    const field = (problem?.instancePath ?? '').slice(1).replaceAll('/', '.');
    const message = `${field === '' ? 'send {language, markdown, version}' : field}: ${problem?.message ?? 'is wrong'}`;
    void reply.code(400).send({ code: 'bad-request', field, message });
  } else if (status === 413) {
    void reply.code(413).send({ code: 'page-too-long', message: refusals['page-too-long'].message });
  } else if (status < 500) {
    void reply.code(status).send({ code: 'bad-request', message: error.message });
  } else {
    // The message names a file of the settings, nothing of a caller.
    log.warn({ err: error }, 'offer page could not be served');
    const isFile = errorCode(error) === 'OFFER_PAGE_FILE';
    void reply.code(500).send({
      code: isFile ? 'page-unreadable' : 'internal-error',
      message: isFile
        ? 'the file of the page cannot be read or written; the log says why'
        : 'the request failed inside',
    });
  }
}
