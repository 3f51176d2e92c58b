// Why a records database cannot be used, in words that name the fix.
import { errorCode, errorMessage } from '../kernel/index.js';

/** The oldest PostgreSQL that Proffer runs on, as server_version_num has it. */
const LEAST_VERSION = 150_000;

const fixes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there: start PostgreSQL, or correct DATABASE_URL',
  ENOTFOUND: 'there is no such host: correct DATABASE_URL',
  EAI_AGAIN: 'its host name cannot be resolved now: look at DNS, or correct DATABASE_URL',
  ETIMEDOUT: 'it does not answer: look at the network, or correct DATABASE_URL',
  '28P01': 'wrong user or password: correct them in DATABASE_URL',
  '28000': 'it does not let this user in: look at pg_hba.conf, or correct DATABASE_URL',
  '3D000': 'there is no such database: create it, or correct DATABASE_URL',
  '53300': 'too many connections: raise max_connections there, or lower records.maxConnections',
  '25006': 'it is read-only: DATABASE_URL must name the primary server',
  '42501': 'this user may not do that: make the user the owner of the database',
  '53100': 'its disk is full',
  '57P03': 'it is starting or stopping',
  '57P01': 'it was stopped',
};

/** One line without a password. */
export function unusableReason(error: unknown, place: string): string {
  for (let cause: unknown = error; cause !== undefined; cause = causeOf(cause)) {
    const fix = fixes[errorCode(cause) ?? ''];
    if (fix !== undefined) return `the database at ${place} cannot be used: ${fix}`;
  }
  const message = errorMessage(error);
  return message.includes(place) ? message : `the database at ${place} cannot be used: ${message}`;
}

/** What is wrong with a server that answers. */
export function unusableServer(
  server: { readonly version: number; readonly isReadOnly: boolean },
  place: string,
): string | undefined {
  if (server.version < LEAST_VERSION) {
    const found = Math.floor(server.version / 10_000);
    return `the database at ${place} cannot be used: it is PostgreSQL ${found}, 15 or newer is needed`;
  }
  if (server.isReadOnly) return `the database at ${place} cannot be used: ${fixes['25006']}`;
  return undefined;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
