// Asking the API under /v1: cookies carry the session, a header of every change carries its CSRF token.

/** Thrown for every answer that is not a success; `code` is the API's own, or `network` when none came. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The whole body. */
  readonly body: unknown;
  /** When it is worth trying again, where the answer says so. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    more: { readonly body?: unknown; readonly retryAfterSeconds?: number | undefined } = {},
  ) {
    super(message);
    this.body = more.body;
    this.retryAfterSeconds = more.retryAfterSeconds;
  }
}

let csrfToken: string | undefined;

/** Of GET /v1/session and POST /v1/session. */
export function setCsrfToken(token: string | undefined): void {
  csrfToken = token;
}

const deadlineMs = 15_000;

/** @param path below /v1, such as `/queues` @throws ApiError */
export async function api<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrfToken !== undefined) headers['X-CSRF-Token'] = csrfToken;
  const timeout = AbortSignal.timeout(deadlineMs);
  let response: Response;
  try {
    response = await fetch(`/v1${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
  } catch (error) {
    throw new ApiError(0, 'network', error instanceof Error ? error.message : String(error));
  }
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : parsed(text);
  if (response.ok) return answer as T;
  const { code = 'unknown', message = response.statusText } = (answer ?? {}) as {
    code?: string;
    message?: string;
  };
  const seconds = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  throw new ApiError(response.status, code, message, {
    body: answer,
    retryAfterSeconds: Number.isNaN(seconds) ? undefined : seconds,
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}
