// Lets nobody past who is not logged in with a password of their own.
import { useQuery } from '@tanstack/react-query';
import { Suspense, lazy } from 'react';
import type { ReactNode } from 'react';
import { Failure } from './components/failure.js';
import { Loading } from './components/loading.js';
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
