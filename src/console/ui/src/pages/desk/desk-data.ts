// What the desk asks of the API and what it gets, as docs/agent-desktop.md names it. Times: epoch ms in live data, ISO 8601 elsewhere.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import type { DeskToday, OfferForCaller, OpenOnDesk } from '../../../../desk/desk-view.js';
import type { DeskCall, DeskState } from '../../../../live/desk-state.js';
import type { OfferView } from '../../../../offer-pages/offer-page-view.js';
import { api, ApiError } from '../../app/api.js';
import { useT } from '../../app/i18n.js';

export interface DispositionCode {
  readonly code: string;
  readonly name: string;
  readonly outcome: string;
  readonly requiresNote: boolean;
}

export interface StoredDisposition {
  readonly decisionId: string;
  readonly offer: string;
  readonly revision: number;
  readonly code: string;
  readonly outcome: string;
  readonly note?: string;
  readonly callbackAt?: string;
  readonly source: string;
  readonly agent?: string;
  readonly recordedAt: string;
}

export interface QueueChoice {
  readonly destination: string;
  readonly kind: 'queue' | 'ivr';
  readonly isDraining: boolean;
  readonly freeServers?: number;
  readonly expectedWaitSeconds?: number | null;
}

const keys = {
  today: ['desk', 'today'],
  open: ['desk', 'open'],
  stored: (decisionId: string) => ['desk', 'stored', decisionId],
  others: (decisionId: string, language: string) => ['desk', 'others', decisionId, language],
  codes: (partner: string) => ['disposition-codes', partner],
  offers: ['offers'],
  queues: ['queues'],
} as const;

/** Numbers that nothing tells of by itself are asked for once a minute. */
const refreshMs = 60_000;

export const useToday = () =>
  useQuery({
    queryKey: keys.today,
    queryFn: ({ signal }) => api<DeskToday>('GET', '/desk/today', undefined, signal),
    refetchInterval: refreshMs,
  });

export const useOpen = () =>
  useQuery({
    queryKey: keys.open,
    queryFn: async ({ signal }) =>
      (await api<{ open: readonly OpenOnDesk[] }>('GET', '/desk/undispositioned', undefined, signal)).open,
    refetchInterval: refreshMs,
  });

/** Of one call, once it was answered; none while its records are not there yet. */
export const useStored = ({ decisionId, state }: Pick<DeskCall, 'decisionId' | 'state'>) =>
  useQuery({
    queryKey: keys.stored(decisionId),
    queryFn: ({ signal }) => readStored(decisionId, signal),
    enabled: state !== 'ringing',
  });

async function readStored(decisionId: string, signal: AbortSignal): Promise<readonly StoredDisposition[]> {
  const path = `/dispositions/${encodeURIComponent(decisionId)}`;
  try {
    const answer = await api<{ dispositions: readonly StoredDisposition[] }>('GET', path, undefined, signal);
    return answer.dispositions;
  } catch (error) {
    if (error instanceof ApiError && error.code === 'unknown-call') return [];
    throw error;
  }
}

export const useCodes = (partner: string) =>
  useQuery({
    queryKey: keys.codes(partner),
    queryFn: async ({ signal }) => {
      const path = `/partners/${encodeURIComponent(partner)}/disposition-codes`;
      return (await api<{ codes: readonly DispositionCode[] }>('GET', path, undefined, signal)).codes;
    },
    staleTime: 300_000,
  });

export function useOtherOffers({ decisionId }: Pick<DeskCall, 'decisionId'>, isWanted: boolean) {
  const { language } = useT('desk');
  return useQuery({
    queryKey: keys.others(decisionId, language),
    queryFn: async ({ signal }) => {
      const path = `/desk/calls/${encodeURIComponent(decisionId)}/offers?language=${language}`;
      return (await api<{ offers: readonly OfferForCaller[] }>('GET', path, undefined, signal)).offers;
    },
    enabled: isWanted,
  });
}

export const useQueues = (isWanted: boolean) =>
  useQuery({
    queryKey: keys.queues,
    queryFn: async ({ signal }) =>
      (await api<{ queues: readonly QueueChoice[] }>('GET', '/queues', undefined, signal)).queues,
    enabled: isWanted,
  });

export const useOffers = () =>
  useQuery({
    queryKey: keys.offers,
    queryFn: async ({ signal }) =>
      (await api<{ offers: readonly OfferView[] }>('GET', '/offers', undefined, signal)).offers,
    staleTime: 60_000,
  });

/** Asks anew for what a live change or a link that is back may have made old. */
export function useResync(state: DeskState | undefined, isLive: boolean): void {
  const queries = useQueryClient();
  const calls = state?.calls.map(({ decisionId, state: now }) => `${decisionId} ${now}`).join() ?? '';
  const change = `${isLive} ${calls} ${state?.undispositioned ?? ''}`;
  useEffect(() => {
    void queries.invalidateQueries({ queryKey: ['desk'] });
  }, [queries, change]);
}

/** Puts what was stored where the desk shows it, at once, and has the rest asked anew. */
export function useKeepStored(): (stored: StoredDisposition) => void {
  const queries = useQueryClient();
  return useCallback(
    (stored) => {
      queries.setQueryData<readonly StoredDisposition[]>(keys.stored(stored.decisionId), (known = []) => [
        ...known.filter(({ offer, revision }) => offer !== stored.offer || revision < stored.revision),
        stored,
      ]);
      void queries.invalidateQueries({ queryKey: keys.open });
      void queries.invalidateQueries({ queryKey: keys.today });
    },
    [queries],
  );
}

/** The newest revision of each offer. */
export function newest(stored: readonly StoredDisposition[]): ReadonlyMap<string, StoredDisposition> {
  const found = new Map<string, StoredDisposition>();
  for (const one of stored) {
    if ((found.get(one.offer)?.revision ?? 0) < one.revision) found.set(one.offer, one);
  }
  return found;
}
