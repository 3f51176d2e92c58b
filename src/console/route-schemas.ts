// Schemas of an area's routes, kept beside the area: what the document of the API says of them, and what answers look like.
import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { Type } from 'typebox';
import type { TObject, TProperties } from 'typebox';

/** By method and path below /v1: `GET /calls/:id`. */
export type RouteSchemas = Readonly<Record<string, FastifySchema>>;

/** Adds them to the routes of `v1` that are registered after this; what a route says itself stays. */
export function describeRoutes(v1: FastifyInstance, schemas: RouteSchemas): void {
  v1.addHook('onRoute', (route) => {
    const known = schemas[`${String(route.method)} ${route.routePath}`];
    if (known !== undefined) route.schema = { ...known, ...route.schema };
  });
}

/** An object of an answer. What is not named here is sent as well: it may be newer than the schema. */
export function Answer<Properties extends TProperties>(properties: Properties): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: true });
}

/** What every refusal has; some have more. */
export const RefusalAnswer = Answer({ code: Type.String(), message: Type.String() });

/** The refusals with these statuses. */
export function refusals(...statuses: readonly number[]): Record<number, typeof RefusalAnswer> {
  return Object.fromEntries(statuses.map((status) => [status, RefusalAnswer]));
}
