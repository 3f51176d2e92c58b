// HTTP under /v1/people, for admins: who may log in, and as what. An admin of some partners sees and changes people of those partners.
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { Passwords } from '../access/password.js';
import { oneTimePassword } from '../access/password.js';
import { actorOf, only, roles } from '../access/principal.js';
import type { Principal } from '../access/principal.js';
import { prepare, Refusal } from '../access/refusals.js';
import type { ApiArea } from '../api-area.js';
import type { GivenPerson, KnownPlaces, PeopleOperations } from './people-operations.js';
import type { PersonView } from './person-view.js';

const closed = { additionalProperties: false } as const;
const Id = '[A-Za-z0-9][A-Za-z0-9_.-]{0,63}';
const Agent = Type.String({
  pattern: '^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,63}$',
  description: 'the name that is logged in with',
});
const What = {
  name: Type.String({ minLength: 1, maxLength: 128 }),
  role: Type.Union(roles.map((role) => Type.Literal(role))),
  partners: Type.Array(Type.String({ pattern: `^${Id}$` }), { maxItems: 1000, uniqueItems: true }),
  centreAgents: Type.Array(Type.String({ pattern: `^${Id}/${Id}$` }), { maxItems: 100, uniqueItems: true }),
};
const NewPerson = Type.Object({ agent: Agent, ...What }, closed);
const Change = Type.Object({ ...What, isActive: Type.Boolean() }, closed);
const Params = Type.Object({ agent: Type.String({ minLength: 1, maxLength: 64 }) });
const Person = Type.Object({
  agent: Type.String(),
  name: Type.String(),
  role: What.role,
  partners: Type.Array(Type.String()),
  centreAgents: Type.Array(Type.String()),
  isActive: Type.Boolean(),
  hasPassword: Type.Boolean(),
  lastLoginAt: Type.Union([Type.Number({ description: 'milliseconds since the Unix epoch' }), Type.Null()]),
});
const OneTime = Type.String({ description: 'shown once; it has to be changed at the next log-in' });
const tags = ['people'];
const bodyLimit = 65_536;
const config = only('admin');

export interface PeopleApiOptions {
  readonly people: PeopleOperations;
  readonly passwords: Passwords;
  readonly known: () => KnownPlaces;
  /** Sessions may say other things of people than they are now. */
  readonly onChanged: () => void;
}

const refusals = {
  'unknown-person': [404, 'there is nobody of that name'],
  'already-there': [409, 'agent: somebody has that name already'],
  'last-admin': [409, 'the last active admin of all partners has to stay one; make another one first'],
  'not-yours': [403, 'partners: name some, and of your own alone'],
} as const;

/** The routes. */
export function peopleApi(options: PeopleApiOptions): ApiArea {
  const { people, passwords, known, onChanged } = options;
  const mayChange = async (principal: Principal, agent: string): Promise<boolean> => {
    const found = (await people.list()).find((one) => one.agent === agent);
    return found !== undefined && isTheirs(principal, found.partners);
  };
  return (v1) => {
    prepare(v1);
    v1.get(
      '/people',
      {
        schema: {
          summary: 'Everybody who may log in',
          tags,
          response: { 200: Type.Object({ people: Type.Array(Person) }), 503: Refusal },
        },
        config,
      },
      async ({ principal }) => ({
        people: (await people.list()).filter((one) => isTheirs(principal, one.partners)),
      }),
    );
    v1.post<{ Body: Static<typeof NewPerson> }>(
      '/people',
      {
        schema: {
          summary: 'Add somebody, with a password for the first log-in',
          tags,
          body: NewPerson,
          response: {
            201: Type.Object({ person: Person, password: OneTime }),
            403: Refusal,
            409: Refusal,
            422: Refusal,
            503: Refusal,
          },
        },
        bodyLimit,
        config,
      },
      async ({ principal, body }, reply) => {
        const problem = placeProblem(body, known());
        if (problem !== undefined) return reply.code(422).send(problem);
        if (principal === undefined || !isTheirs(principal, body.partners)) return refuse(reply, 'not-yours');
        const password = oneTimePassword();
        const passwordHash = await passwords.hash(password);
        const answer = await people.add({ ...body, passwordHash }, actorOf(principal));
        if (answer.kind !== 'added') return refuse(reply, answer.kind);
        return reply.code(201).send({ person: answer.person, password });
      },
    );
    v1.put<{ Params: Static<typeof Params>; Body: Static<typeof Change> }>(
      '/people/:agent',
      {
        schema: {
          summary: 'Change what somebody may do',
          tags,
          params: Params,
          body: Change,
          response: { 200: Person, 403: Refusal, 404: Refusal, 409: Refusal, 422: Refusal, 503: Refusal },
        },
        bodyLimit,
        config,
      },
      async ({ principal, params: { agent }, body }, reply) => {
        if (principal === undefined || !(await mayChange(principal, agent)))
          return refuse(reply, 'unknown-person');
        const problem = placeProblem(body, known());
        if (problem !== undefined) return reply.code(422).send(problem);
        if (!isTheirs(principal, body.partners)) return refuse(reply, 'not-yours');
        const answer = await people.change({ agent, ...body }, actorOf(principal));
        onChanged();
        return answer.kind === 'changed' ? reply.send(answer.person) : refuse(reply, answer.kind);
      },
    );
    v1.post<{ Params: Static<typeof Params> }>(
      '/people/:agent/password',
      {
        schema: {
          summary: 'Give somebody a new password, who is logged out by it',
          tags,
          params: Params,
          response: { 200: Type.Object({ password: OneTime }), 404: Refusal, 503: Refusal },
        },
        config,
      },
      async ({ principal, params: { agent } }, reply) => {
        if (principal === undefined || !(await mayChange(principal, agent)))
          return refuse(reply, 'unknown-person');
        const password = oneTimePassword();
        const isGiven = await people.givePassword(agent, await passwords.hash(password), actorOf(principal));
        onChanged();
        return isGiven ? reply.send({ password }) : refuse(reply, 'unknown-person');
      },
    );
  };
}

/** An admin of some partners has to do with people of those alone, and with nobody who sees all. */
export function isTheirs(principal: Principal | undefined, partners: PersonView['partners']): boolean {
  if (principal?.kind === 'token') return true;
  if (principal?.kind !== 'person') return false;
  const own = principal.partners;
  return own.length === 0 || (partners.length > 0 && partners.every((one) => own.includes(one)));
}

function placeProblem(
  { partners, centreAgents }: Pick<GivenPerson, 'partners' | 'centreAgents'>,
  known: KnownPlaces,
): Static<typeof Refusal> | undefined {
  const partner = partners.find((one) => !known.partners.includes(one));
  if (partner !== undefined)
    return { code: 'unknown-partner', message: `partners: there is no partner ${partner} in partners.yaml` };
  const agent = centreAgents.find((one) => !known.centres.includes(one.split('/', 1)[0] ?? ''));
  if (agent !== undefined)
    return {
      code: 'unknown-centre',
      message: `centreAgents: the centre of ${agent} is not in centres.yaml`,
    };
  return undefined;
}

function refuse(reply: FastifyReply, code: keyof typeof refusals): FastifyReply {
  const [status, message] = refusals[code];
  return reply.code(status).send({ code, message });
}
