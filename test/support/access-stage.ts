// The API of access over a records database, people to log in with, and a browser's part: a cookie and its CSRF token.
import type { Test } from 'tap';
import type { AccessRecords as RecordsPort } from '../../src/console/access/access-records.js';
import type { Authenticator } from '../../src/console/access/gate.js';
import { Passwords } from '../../src/console/access/password.js';
import { sessionApi } from '../../src/console/access/session-api.js';
import { Sessions } from '../../src/console/access/sessions.js';
import type { ConsoleSettings } from '../../src/console/access/sessions.js';
import type { ApiArea } from '../../src/console/api-area.js';
import { systemClock } from '../../src/kernel/index.js';
import type { Clock } from '../../src/kernel/index.js';
import type { RecordsDatabase } from '../../src/records/database/records-database.js';
import { AccessRecords } from '../../src/records/people/access-records.js';
import { People } from '../../src/records/people/people.js';
import { openHttpServer } from './http-server.js';

export const consoleSettings: ConsoleSettings = {
  sessionHours: 12,
  idleMinutes: 60,
  offlineMinutes: 15,
  login: { accountTries: 3, sourceTries: 20, windowMinutes: 15 },
  callerShown: 'masked',
};

/** Quick ones: how many tries a second they allow is no matter here. */
export const passwords = new Passwords({ ln: 10 });
export const annasPassword = 'correct horse battery';

export interface AccessStageOptions {
  readonly settings?: Partial<ConsoleSettings>;
  /** Between sessions and the database. */
  readonly wrap?: (records: RecordsPort) => RecordsPort;
  readonly clock?: Clock;
  readonly areas?: (parts: { readonly sessions: Sessions; readonly people: People }) => readonly ApiArea[];
  readonly authenticators?: readonly Authenticator[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A browser: it keeps the cookie, and the CSRF token that its pages know. */
export class Browser {
  cookie: string | undefined;
  csrf: string | undefined;

  constructor(readonly url: string) {}

  async ask(
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const headers: Record<string, string> = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
      ...(this.csrf === undefined ? {} : { 'x-csrf-token': this.csrf }),
      ...more,
    };
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      redirect: 'manual',
    });
    for (const set of response.headers.getSetCookie()) {
      if (!set.startsWith('proffer_session=')) continue;
      const value = set.split(';', 1)[0] ?? '';
      this.cookie = value === 'proffer_session=' ? undefined : value;
    }
    const text = await response.text();
    const parsed = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (typeof parsed['csrfToken'] === 'string') this.csrf = parsed['csrfToken'];
    return { status: response.status, headers: response.headers, body: parsed };
  }

  logIn(agent: string, password: string): Promise<Answer> {
    return this.ask('POST', '/v1/session', { agent, password });
  }
}

/** @param database with anna, an agent whose password is `annasPassword` */
export async function openAccess(t: Test, database: RecordsDatabase, options: AccessStageOptions = {}) {
  const { settings = {}, wrap = (records: RecordsPort) => records, clock = systemClock } = options;
  const people = new People(database);
  await people.add(
    {
      agent: 'anna',
      name: 'Anna Alvarez',
      role: 'agent',
      partners: ['acme'],
      centreAgents: ['east/1001'],
      passwordHash: await hashOfAnna,
    },
    'test',
  );
  await database.query("UPDATE proffer.agents SET must_change_password = false WHERE agent = 'anna'");
  const sessions = new Sessions({
    records: wrap(new AccessRecords({ database, clock })),
    passwords,
    settings: () => ({ ...consoleSettings, ...settings }),
    clock,
  });
  const loggedOut: string[] = [];
  const server = await openHttpServer(t, {
    areas: [
      sessionApi({
        sessions,
        settings: () => ({ ...consoleSettings, ...settings }),
        onLoggedOut: (session) => loggedOut.push(session),
      }),
      ...(options.areas?.({ sessions, people }) ?? []),
    ],
    authenticators: [...(options.authenticators ?? []), sessions],
  });
  const url = `http://127.0.0.1:${server.port}`;
  return { url, people, sessions, loggedOut, browser: () => new Browser(url) };
}

const hashOfAnna = passwords.hash(annasPassword);
