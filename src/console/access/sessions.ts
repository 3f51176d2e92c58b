// Sessions of people who logged in: who a cookie is, log-in, log-out, change of the password. The records keep them; a router remembers
// those of the last seconds, and lets people work with what it remembers for some minutes while the database is down.
import { randomBytes } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { errorCode } from '../../kernel/index.js';
import type { Clock } from '../../kernel/index.js';
import type { ProcessSettings } from '../../config/index.js';
import type { AccessRecords, KnownSession } from './access-records.js';
import type { Authentication, Authenticator } from './gate.js';
import type { Passwords } from './password.js';
import { passwordFault } from './password-rules.js';
import { Remembered } from './remembered.js';
import { isSameOrigin } from './same-origin.js';
import { csrfOf, hashOfToken, isCsrfOf, newToken, shownToken } from './session-token.js';
import type { SessionView } from './session-view.js';

export type ConsoleSettings = ProcessSettings['console'];

export interface SessionsOptions {
  readonly records: AccessRecords;
  readonly passwords: Passwords;
  readonly settings: () => ConsoleSettings;
  readonly clock: Clock;
}

export interface OpenedSession {
  readonly token: string;
  readonly seconds: number;
  readonly view: SessionView;
}

export type LoginAnswer =
  | ({ readonly kind: 'opened' } & OpenedSession)
  | { readonly kind: 'wrong-login' }
  | { readonly kind: 'too-many-tries'; readonly retryAfterSeconds: number };

export type PasswordAnswer =
  | { readonly kind: 'changed' }
  | { readonly kind: 'wrong-password' }
  | { readonly kind: 'weak-password'; readonly message: string }
  | { readonly kind: 'too-many-tries'; readonly retryAfterSeconds: number };

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Another router's log-out is seen here so late at most. */
const freshMs = 5000;
const maxRemembered = 10_000;
export const retryAfterSeconds = 5;

export const databaseDown = {
  kind: 'refused',
  status: 503,
  code: 'records-unavailable',
  message: 'the records database does not serve now, so nobody can be looked up; try again',
  retryAfterSeconds,
} as const;

export class Sessions implements Authenticator {
  readonly #options: SessionsOptions;
  readonly #remembered: Remembered<KnownSession>;

  constructor(options: SessionsOptions) {
    this.#options = options;
    const staleMs = () => options.settings().offlineMinutes * 60_000;
    this.#remembered = new Remembered({ clock: options.clock, maxEntries: maxRemembered, freshMs, staleMs });
  }

  /** Who the cookie is. Ask it again for what lasts, such as a socket: each time counts as use of the session. */
  async authenticate(request: FastifyRequest): Promise<Authentication> {
    const token = shownToken(request);
    if (token === undefined) return { kind: 'none' };
    const refusal = this.#foreign(request, token);
    if (refusal !== undefined) return refusal;
    let found: KnownSession | undefined;
    try {
      found = await this.#find(token);
    } catch (error) {
      if (errorCode(error) === 'RECORDS_UNAVAILABLE') return databaseDown;
      throw error;
    }
    if (found === undefined) return { kind: 'none' };
    const { agent, name, role, partners, centreAgents, mustChangePassword } = found.person;
    const { url } = request.routeOptions;
    if (mustChangePassword && url?.startsWith('/v1/session') !== true) {
      return {
        kind: 'refused',
        status: 403,
        code: 'password-change-required',
        message: 'change the password that you were given first: PUT /v1/session/password',
      };
    }
    const { session } = found;
    return {
      kind: 'principal',
      principal: { kind: 'person', agent, name, role, partners, centreAgents, session },
    };
  }

  /** Undefined: it is over. @throws RecordsUnavailableError */
  async view(request: FastifyRequest): Promise<SessionView | undefined> {
    const token = shownToken(request);
    const found = token === undefined ? undefined : await this.#find(token);
    return token === undefined || found === undefined ? undefined : viewOf(token, found);
  }

  /** A wrong password and a name that nobody has take as long and get the same answer. @throws RecordsUnavailableError, PasswordsBusyError */
  async logIn(agent: string, password: string, source: string): Promise<LoginAnswer> {
    const { records, passwords } = this.#options;
    const begun = await records.beginLogin({ agent, source, ...this.#bounds() });
    if (begun.kind === 'blocked')
      return { kind: 'too-many-tries', retryAfterSeconds: begun.retryAfterSeconds };
    const { passwordHash } = begun;
    if (!(await passwords.matches(password, passwordHash)) || passwordHash === null) {
      await records.noteWrongLogin(agent, source);
      return { kind: 'wrong-login' };
    }
    const opened = await this.open({ agent, source, by: 'password', passwordHash });
    return opened === undefined ? { kind: 'wrong-login' } : { kind: 'opened', ...opened };
  }

  /** Somebody who was recognised comes in. Undefined: that person may not. @throws RecordsUnavailableError */
  async open(who: {
    readonly agent: string;
    readonly source: string;
    readonly by: 'password' | 'oidc';
    readonly passwordHash?: string;
  }): Promise<OpenedSession | undefined> {
    const token = newToken();
    const seconds = Math.round(this.#options.settings().sessionHours * 3600);
    const opened = await this.#options.records.openSession({
      ...who,
      tokenHash: hashOfToken(token),
      session: randomBytes(9).toString('base64url'),
      seconds,
    });
    return opened === undefined ? undefined : { token, seconds, view: viewOf(token, opened) };
  }

  /** @throws RecordsUnavailableError: the session is remembered here no more, and may be open elsewhere */
  async logOut(request: FastifyRequest): Promise<void> {
    const token = shownToken(request);
    if (token === undefined) return;
    this.#remembered.forget(keyOf(token));
    await this.#options.records.closeSession(hashOfToken(token));
    this.#remembered.forget(keyOf(token));
  }

  /** Tries count as those to log in. @throws RecordsUnavailableError, PasswordsBusyError */
  async changePassword(
    who: {
      readonly agent: string;
      readonly name: string;
      readonly session: string;
      readonly source: string;
    },
    current: string,
    next: string,
  ): Promise<PasswordAnswer> {
    const { records, passwords } = this.#options;
    const { agent, name, session, source } = who;
    const message =
      next === current ? 'the password must be another one than before' : passwordFault(next, agent, name);
    if (message !== undefined) return { kind: 'weak-password', message };
    const begun = await records.beginLogin({ agent, source, ...this.#bounds() });
    if (begun.kind === 'blocked')
      return { kind: 'too-many-tries', retryAfterSeconds: begun.retryAfterSeconds };
    const from = begun.passwordHash;
    if (!(await passwords.matches(current, from)) || from === null) return { kind: 'wrong-password' };
    const to = await passwords.hash(next);
    const isChanged = await records.changePassword({ agent, session, from, to });
    this.#remembered.forgetAll();
    return isChanged ? { kind: 'changed' } : { kind: 'wrong-password' };
  }

  /** People were changed: what is remembered of them may be wrong. */
  forgetAll(): void {
    this.#remembered.forgetAll();
  }

  async #find(token: string): Promise<KnownSession | undefined> {
    const { records, settings, clock } = this.#options;
    const found = await this.#remembered.find(keyOf(token), () =>
      records.findSession(hashOfToken(token), Math.round(settings().idleMinutes * 60)),
    );
    return found !== undefined && found.expiresAt > clock.wallNow() ? found : undefined;
  }

  /** Why the request is not one of our own pages, if so. */
  #foreign(request: FastifyRequest, token: string): Authentication | undefined {
    const isSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    if (safeMethods.has(request.method) && !isSocket) return undefined;
    const refusal = { kind: 'refused', status: 403, code: 'csrf' } as const;
    if (!isSameOrigin(request, this.#options.settings().publicUrl))
      return {
        ...refusal,
        message: 'this came from pages of others; behind a proxy, set console.publicUrl in proffer.yaml',
      };
    if (isSocket || isCsrfOf(token, request.headers['x-csrf-token'])) return undefined;
    return { ...refusal, message: 'send the csrfToken of GET /v1/session as the header X-CSRF-Token' };
  }

  #bounds() {
    const { accountTries, sourceTries, windowMinutes } = this.#options.settings().login;
    return { accountTries, sourceTries, windowSeconds: Math.round(windowMinutes * 60) };
  }
}

/** Tokens are not kept in memory either. */
function keyOf(token: string): string {
  return hashOfToken(token).toString('base64');
}

function viewOf(token: string, { expiresAt, person }: KnownSession): SessionView {
  const { agent, name, role, partners, centreAgents, mustChangePassword } = person;
  const csrfToken = csrfOf(token);
  return { agent, name, role, partners, centreAgents, csrfToken, mustChangePassword, expiresAt };
}
