// What the desk asks of the API and what it gets, as docs/agent-desktop.md names it. Times: epoch ms in live data, ISO 8601 elsewhere.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import type { DeskState } from '../../../../live/desk-state.js';
import type { OfferView } from '../../../../offer-pages/offer-page-view.js';
import { api } from '../../app/api.js';

export interface TodayView {
  readonly since: string | number;
  readonly calls: number;
  readonly talkSeconds: number;
  readonly averageHandlingSeconds: number | null;
  readonly presented: number;
  readonly accepted: number;
  readonly declined: number;
  readonly callbacks: number;
  readonly undispositioned: number;
}

export interface OpenDisposition {
  readonly decisionId: string;
  readonly offer: string;
  readonly offerName: string;
  readonly partner: string;
  readonly presentation: string;
  readonly queue: string | null;
  readonly confirmedAt: string | number;
  readonly endedAt: string | number | null;
  readonly autoWrapAt: string | number | null;
  readonly autoWrapCode: string | null;
}

export interface OtherOffer {
  readonly offer: string;
  readonly name: string;
  readonly kind: 'sales' | 'service';
  readonly rank: number;
  readonly propensity: number;
  readonly value: number;
  readonly expectedValue: number;
  readonly isAllowed: boolean;
  readonly presentations: readonly {
    readonly presentation: string;
    readonly kind: 'agent' | 'ivr';
    readonly isReachable: boolean;
    readonly why: string;
  }[];
  readonly reasons: readonly string[];
  readonly notNow: string | null;
}

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
  others: (decisionId: string) => ['desk', 'others', decisionId],
  codes: (partner: string) => ['disposition-codes', partner],
  offers: ['offers'],
  queues: ['queues'],
} as const;

/** Numbers that nothing tells of by itself are asked for once a minute. */
const refreshMs = 60_000;

export const useToday = () =>
  useQuery({
    queryKey: keys.today,
    queryFn: ({ signal }) => api<TodayView>('GET', '/desk/today', undefined, signal),
    refetchInterval: refreshMs,
  });

export const useOpen = () =>
  useQuery({
    queryKey: keys.open,
    queryFn: async ({ signal }) =>
      (await api<{ open: readonly OpenDisposition[] }>('GET', '/desk/undispositioned', undefined, signal))
        .open,
    refetchInterval: refreshMs,
  });

/** Of one call; none while its records are not there yet. */
export const useStored = (decisionId: string) =>
  useQuery({
    queryKey: keys.stored(decisionId),
    queryFn: ({ signal }) => readStored(decisionId, signal),
  });

async function readStored(decisionId: string, signal: AbortSignal): Promise<readonly StoredDisposition[]> {
  const path = `/dispositions/${encodeURIComponent(decisionId)}`;
  return (await api<{ dispositions: readonly StoredDisposition[] }>('GET', path, undefined, signal))
    .dispositions;
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

export const useOtherOffers = (decisionId: string, isWanted: boolean) =>
  useQuery({
    queryKey: keys.others(decisionId),
    queryFn: async ({ signal }) => {
      const path = `/desk/calls/${encodeURIComponent(decisionId)}/offers`;
      return (await api<{ offers: readonly OtherOffer[] }>('GET', path, undefined, signal)).offers;
    },
    enabled: isWanted,
  });

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
