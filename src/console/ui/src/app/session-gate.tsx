// Lets nobody past who is not logged in with a password of their own.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Suspense, lazy, useEffect } from 'react';
import type { ReactNode } from 'react';
import type { SessionView } from '../../../access/session-view.js';
import { Failure } from './components/failure.js';
import { Loading } from './components/loading.js';
import { liveLink, useLinkEnd } from './live.js';
import { sessionKey } from './queries.js';
import { SessionContext, readSession } from './session.js';

const LogIn = lazy(() => import('../pages/login/index.js'));
const FirstPassword = lazy(() => import('../pages/login/first-password.js'));

export function SessionGate({ children }: { readonly children: ReactNode }) {
  const { data, error, refetch } = useQuery({
    queryKey: sessionKey,
    queryFn: readSession,
    staleTime: 60_000,
  });
  useLinkOf(data);
  if (data === undefined) {
    return error === null ? <Loading /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  return (
    <Suspense fallback={<Loading />}>
      {data === null ? (
        <LogIn />
      ) : data.mustChangePassword ? (
        <SessionContext value={data}>
          <FirstPassword />
        </SessionContext>
      ) : (
        <SessionContext value={data}>{children}</SessionContext>
      )}
    </Suspense>
  );
}

/** The live link ends with the session: then the session is asked for, and another one, or one of another role, wakes the link. */
function useLinkOf(session: SessionView | null | undefined): void {
  const queries = useQueryClient();
  const endedBy = useLinkEnd();
  useEffect(() => {
    if (endedBy !== undefined) void queries.invalidateQueries({ queryKey: sessionKey });
  }, [queries, endedBy]);
  const known = session ?? undefined;
  const who = known && `${known.csrfToken} ${known.role} ${known.partners.join(' ')}`;
  useEffect(() => {
    if (who !== undefined) liveLink.wake();
  }, [who]);
}
