import { useQuery } from '@tanstack/react-query';
import type { CallFilterNames } from '../../../../board/calls-view.js';
import { api } from '../../app/api.js';

/** Those of the settings that one may see, as suggestions: others can be typed. */
export function usePartners(): string[] {
  const { data } = useQuery({
    queryKey: ['calls', 'names'],
    queryFn: ({ signal }) => api<CallFilterNames>('GET', '/calls/history/names', undefined, signal),
  });
  return (data?.partners ?? []).map(({ partner }) => partner);
}
