// How pages ask: what may be tried again by itself, and what it means when the session is over.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './api.js';

export const sessionKey = ['session'] as const;

export function makeQueries(): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: (error) => heard(queries, error) }),
    mutationCache: new MutationCache({ onError: (error) => heard(queries, error) }),
    defaultOptions: {
      queries: { retry: isWorthRepeating, staleTime: 5000, networkMode: 'always' },
      // A change is repeated by the person who asked for it alone.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  return queries;
}

/** Nothing was answered: the way there failed. Whatever the router answers, it would answer again. */
function isWorthRepeating(failures: number, error: Error): boolean {
  return error instanceof ApiError && error.code === 'network' && failures < 2;
}

/** Codes of 401 that are about a password, not about the session. */
const wrongPasswords = new Set(['wrong-login', 'wrong-password']);

function heard(queries: QueryClient, error: Error): void {
  if (!(error instanceof ApiError)) return;
  if (error.status === 401 && !wrongPasswords.has(error.code)) {
    // The log-in page takes the place of the page; the address stays, so that the person comes back to it.
    queries.setQueryData(sessionKey, null);
  } else if (error.code === 'csrf') {
    // Somebody logged in in another tab of this browser.
    void queries.invalidateQueries({ queryKey: sessionKey });
  }
}
