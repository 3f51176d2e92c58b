// The queues that presentations with `requires` get: one of its own for each queue that a presentation names.
import type { Settings } from '../config/index.js';
import type { PresentationQueue } from '../freeswitch/index.js';

/** Of all centres, in the order of the offers; named `<queue>.<offer>.<presentation>`. */
export function presentationQueues({ offers }: Settings): readonly PresentationQueue[] {
  return offers.offers.flatMap(({ offer, presentations }) =>
    presentations.flatMap(({ presentation, kind, requires, destinations }) => {
      if (kind !== 'agent' || requires === undefined) return [];
      return destinations.map((destination) => {
        const [centre = '', baseQueue = ''] = destination.split('/');
        return {
          centre,
          queue: `${baseQueue}.${offer}.${presentation}`,
          baseQueue,
          requires,
          offer,
          presentation,
        };
      });
    }),
  );
}
