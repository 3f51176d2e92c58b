// Where contacts go that are not phone calls, beside the queues of the centres: web pages, and chat queues of other systems.
import type { Presentation, Settings } from '../config/index.js';
import type { Board, Destination, DestinationState } from './board.js';

/** A page and another system's queue take everybody at once, as far as we know. */
const openState: DestinationState = {
  isUp: undefined,
  servers: 1,
  freeServers: 1,
  membersWaiting: 0,
  portsInUse: undefined,
};

/** Ids have no colon, so these are none of a queue. */
export function presentedPage(offer: string, { presentation }: Pick<Presentation, 'presentation'>): string {
  return `page:${offer}.${presentation}`;
}

export function chatPlace(target: string): string {
  return `chat:${target}`;
}

export function defaultPage(partner: string): string {
  return `page:${partner}`;
}

/** @param from the index of the first */
export function compileWebPlaces(
  settings: Pick<Settings, 'offers' | 'partners'>,
  from: number,
): readonly Destination[] {
  const places = new Map<string, Pick<Destination, 'kind' | 'uri'>>();
  for (const { offer, presentations } of settings.offers.offers) {
    for (const one of presentations) {
      if (one.kind === 'page') places.set(presentedPage(offer, one), { kind: 'page', uri: one.url ?? '' });
      if (one.kind === 'chat' && one.target !== undefined) {
        places.set(chatPlace(one.target), { kind: 'chat', uri: one.target });
      }
    }
  }
  for (const { partner, web } of settings.partners.partners) {
    if (web?.page !== undefined) places.set(defaultPage(partner), { kind: 'page', uri: web.page });
    if (web?.chatTarget !== undefined) {
      places.set(chatPlace(web.chatTarget), { kind: 'chat', uri: web.chatTarget });
    }
  }
  return [...places].map(([id, place], index) => ({
    ...place,
    id,
    index: from + index,
    centre: '',
    servers: 1,
    // The middle of the scale, where the skill factor is 1.
    skillLevel: 5,
    costPerCall: 0,
    weight: 1,
    handlingTimeSeconds: 1,
    quotas: {},
    isDraining: false,
  }));
}

/** A board of the centres with these places behind their destinations: to all of `destinations` there is a state. */
export function withWebPlaces(board: Board, destinations: readonly Destination[]): Board {
  const { states } = board;
  const places = new Array<DestinationState>(Math.max(0, destinations.length - states.length)).fill(
    openState,
  );
  return places.length === 0 ? board : { ...board, states: [...states, ...places] };
}
