// An HTTP server with some areas of the API, asked as one person.
import type { Test } from 'tap';
import type { ApiArea } from '../../src/console/api-area.js';
import type { Authentication } from '../../src/console/access/gate.js';
import { openHttpServer } from './http-server.js';
import type { Person } from './console-stage.js';

export interface AreaAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export type AskAs = (
  person: Person | undefined,
  method: string,
  path: string,
  body?: unknown,
) => Promise<AreaAnswer>;

/** Whoever asks is the person of the question; undefined: nobody. */
export async function serveAreas(t: Test, areas: readonly ApiArea[]): Promise<AskAs> {
  let asker: Person | undefined;
  const server = await openHttpServer(t, {
    areas,
    authenticators: [
      {
        authenticate: (): Authentication =>
          asker === undefined ? { kind: 'none' } : { kind: 'principal', principal: asker },
      },
    ],
  });
  return async (person, method, path, body) => {
    asker = person;
    const response = await fetch(`http://127.0.0.1:${server.port}/v1${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
}
