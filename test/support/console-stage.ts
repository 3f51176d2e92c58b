// The pages of the console over areas of the API that a test gives, for a person who is logged in already.
import type { Test } from 'tap';
import { everyRole } from '../../src/console/access/principal.js';
import type { Principal } from '../../src/console/access/principal.js';
import type { SessionView } from '../../src/console/access/session-view.js';
import type { ApiArea } from '../../src/console/api-area.js';
import { LiveHub } from '../../src/console/live/hub.js';
import { liveSocketApi } from '../../src/console/live/live-socket-api.js';
import { silentLogger, systemClock } from '../../src/kernel/index.js';
import { openHttpServer } from './http-server.js';

export type Person = Extract<Principal, { kind: 'person' }>;

export const supervisor: Person = {
  kind: 'person',
  agent: 'sam',
  name: 'Sam Smith',
  role: 'supervisor',
  partners: [],
  centreAgents: [],
  session: 'session-of-the-test',
};

export interface ConsoleStage {
  readonly url: string;
}

/** A live link over which nothing comes. */
function silentLink(): ApiArea {
  const hub = new LiveHub({ topics: [], clock: systemClock, log: silentLogger });
  hub.start();
  return liveSocketApi({ hub });
}

/**
 * @param person who every request comes from
 * @param live the live link
 */
export async function serveConsole(
  t: Test,
  areas: readonly ApiArea[],
  person: Person = supervisor,
  live: ApiArea = silentLink(),
): Promise<ConsoleStage> {
  const { agent, name, role, partners, centreAgents } = person;
  const session: SessionView = {
    agent,
    name,
    role,
    partners,
    centreAgents,
    csrfToken: 'csrf-of-the-test',
    mustChangePassword: false,
    expiresAt: Date.now() + 3_600_000,
  };
  const server = await openHttpServer(t, {
    hasPages: true,
    areas: [(v1) => void v1.get('/session', { config: everyRole }, () => session), live, ...areas],
    authenticators: [{ authenticate: () => ({ kind: 'principal', principal: person }) }],
  });
  return { url: `http://127.0.0.1:${server.port}` };
}
