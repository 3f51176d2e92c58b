// Queues that presentations with `requires` ask for: one for each queue of the presentation, so that the centre can ring the agents
// who have the skills. Whoever provisions centres makes them there; routing takes them for destinations.
import type { Presentation, Settings, SkillStep } from '../config/index.js';

export interface DerivedQueue {
  readonly centre: string;
  /** Id at the centre: `<baseQueue>.<offer>.<presentation>`. */
  readonly queue: string;
  /** The queue that the presentation names. */
  readonly baseQueue: string;
  readonly requires: readonly SkillStep[];
  readonly offer: string;
  readonly presentation: string;
}

/** The destination by which a presentation goes to one of its `destinations`: a derived queue where it requires skills. */
export function presentedAt(offer: string, presentation: Presentation, destination: string): string {
  const { requires, kind } = presentation;
  const isDerived = kind === 'agent' && requires !== undefined;
  return isDerived ? `${destination}.${offer}.${presentation.presentation}` : destination;
}

/** Every derived queue, in the order of the offers. */
export function derivedQueues(settings: Pick<Settings, 'offers'>): readonly DerivedQueue[] {
  return settings.offers.offers.flatMap(({ offer, presentations }) =>
    presentations.flatMap((one): DerivedQueue[] => {
      const { requires, presentation } = one;
      if (one.kind !== 'agent' || requires === undefined) return [];
      return one.destinations.map((destination) => {
        // An id has no slash.
        const [centre = '', baseQueue = ''] = destination.split('/');
        const queue = presentedAt(offer, one, destination).slice(centre.length + 1);
        return { centre, queue, baseQueue, requires, offer, presentation };
      });
    }),
  );
}
