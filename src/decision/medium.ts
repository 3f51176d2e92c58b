// By what a contact came, and where it may go for that: the presentations and the plain service of each medium.
import { chatPlace, defaultPage, presentedAt, presentedPage } from '../callcenter/index.js';
import type { Destination } from '../callcenter/index.js';
import type { Partner, Presentation, QueueMedium } from '../config/index.js';

/** `call`: with sound; `text`: a call with a text stream (RFC 4103), or a text contact by HTTP. */
export type Medium = 'call' | 'web' | 'chat' | 'text';

/** Kinds of presentations by medium, and what a queue has to take for each; undefined: anything. */
const kindsOf: Readonly<
  Record<Medium, Partial<Record<Presentation['kind'], { readonly takes: QueueMedium | undefined }>>>
> = {
  call: { agent: { takes: 'audio' }, ivr: { takes: 'audio' } },
  text: { agent: { takes: 'text' } },
  web: { page: { takes: undefined }, chat: { takes: 'chat' }, callback: { takes: undefined } },
  chat: { chat: { takes: 'chat' }, callback: { takes: undefined } },
};

type Destinations = ReadonlyMap<string, Destination>;

/** What does not exist is let through: whoever asks for it says so. */
function takes(byId: Destinations, id: string, medium: QueueMedium): boolean {
  const destination = byId.get(id);
  if (destination === undefined || destination.kind !== 'queue') return true;
  return destination.media?.includes(medium) ?? medium === 'audio';
}

/** Ids of the destinations by which a presentation reaches contacts of a medium, in configured order; none: it does not. */
export function presentedBy(
  medium: Medium,
  offer: string,
  presentation: Presentation,
  byId: Destinations,
): readonly string[] {
  const how = kindsOf[medium][presentation.kind];
  if (how === undefined) return [];
  if (presentation.kind === 'page') return [presentedPage(offer, presentation)];
  const { takes: wanted } = how;
  const all = presentation.destinations.map((id) => presentedAt(offer, presentation, id));
  const ids = wanted === undefined ? all : all.filter((id) => takes(byId, id, wanted));
  return presentation.target === undefined ? ids : [...ids, chatPlace(presentation.target)];
}

/**
 * Ids of the destinations of plain service. Calls with text go to queues that take text, and where none does to all that take calls;
 * whether there is one is for `hasTextService` to say.
 */
export function servedBy(medium: Medium, partner: Partner, byId: Destinations): readonly string[] {
  const { web, serviceQueues } = partner;
  if (medium === 'call') return serviceQueues.filter((id) => takes(byId, id, 'audio'));
  if (medium === 'text') {
    return hasTextService(partner, byId)
      ? serviceQueues.filter((id) => takes(byId, id, 'text'))
      : servedBy('call', partner, byId);
  }
  const page = web?.page === undefined ? [] : [defaultPage(partner.partner)];
  const queue = web?.chatQueue === undefined ? [] : [web.chatQueue];
  const chat = web?.chatTarget === undefined ? queue : [chatPlace(web.chatTarget)];
  const [first, second] = medium === 'web' ? [page, chat] : [chat, page];
  return first.length > 0 ? first : second;
}

export function hasTextService({ serviceQueues }: Partner, byId: Destinations): boolean {
  return serviceQueues.some((id) => takes(byId, id, 'text'));
}
