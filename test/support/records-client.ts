// An HTTP server with the records API alone, and a client of it.
import type { Test } from 'tap';
import { recordsApi, tokenAuthenticator } from '../../src/console/index.js';
import type { RecordsOperations } from '../../src/console/index.js';
import { openHttpServer } from './http-server.js';

export const apiToken = 'a-token-of-sixteen-characters';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export type Ask = (method: string, path: string, body?: unknown, bearer?: string) => Promise<Answer>;

/** A body that is a string is sent as it is. */
export async function serveRecords(t: Test, operations: RecordsOperations): Promise<Ask> {
  const server = await openHttpServer(t, {
    areas: [recordsApi(operations)],
    authenticators: [tokenAuthenticator(apiToken)],
  });
  return askAt(() => `http://127.0.0.1:${server.port}`);
}

/** A client of the API of a router, whose token is `apiToken`. @param base such as `http://127.0.0.1:8080` */
export function askAt(base: () => string): Ask {
  return async (method, path, body, bearer = apiToken) => {
    const headers: Record<string, string> = { authorization: `Bearer ${bearer}` };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const text = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${base()}${path}`, { method, headers, body: text });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
}
