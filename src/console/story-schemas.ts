// What the document of the API says of the story of a call and of the look-up of an account.
import { Type } from 'typebox';
import { Answer, refusals } from './route-schemas.js';
import type { RouteSchemas } from './route-schemas.js';

const Text = Type.String();

export const decisionsSchemas: RouteSchemas = {
  'GET /decisions/:id': {
    summary: 'The whole story of a call, by its decision id or its SIP Call-ID',
    tags: ['decisions'],
    response: {
      200: Answer({}),
      300: Answer({ code: Text, message: Text, calls: Type.Array(Answer({})) }),
      ...refusals(404, 503),
    },
  },
};

export const identifySchemas: RouteSchemas = {
  'POST /identify': {
    summary: 'Look up an account that a caller tells: the offers and pairs for it',
    tags: ['decisions'],
    response: {
      200: Answer({
        match: Type.Union([Type.Literal('person'), Type.Literal('account')]),
        reason: Type.String({ description: 'offer, or why there is no sales offer' }),
      }),
      ...refusals(400, 403, 404, 422, 429, 503),
    },
  },
};
