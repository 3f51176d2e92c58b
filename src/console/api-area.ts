import type { FastifyInstance } from 'fastify';

/**
 * One area of the API: registers its routes, with paths below /v1, each with the access it needs in its `config`. Hooks and the
 * error handler that it sets are its own.
 */
export type ApiArea = (v1: FastifyInstance) => void;
