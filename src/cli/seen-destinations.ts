// Which queues and programs people of some partners see: those that calls of these partners may go to.
import type { CallRouter } from '../calls/index.js';
import type { Partner } from '../config/index.js';
import { isInScope } from '../console/index.js';
import type { BoardScope } from '../console/index.js';

/** Asked with ids of destinations, `centre/queue`; a queue that is derived for a presentation is seen with its own. */
export function seenDestinations(
  { settings, plan }: Pick<CallRouter, 'settings' | 'plan'>,
  scope: BoardScope,
): (id: string) => boolean {
  if (scope === undefined) return () => true;
  const isOf = ({ partner }: Partner): boolean => isInScope(scope, partner);
  const partners = settings.partners.partners.filter(isOf);
  const sellers = new Set(partners.flatMap(({ partner, affiliates }) => [partner, ...affiliates]));
  const offers = settings.offers.offers.filter(({ partner }) => sellers.has(partner));
  const seen = new Set([
    ...partners.flatMap(({ serviceQueues }) => serviceQueues),
    ...offers.flatMap(({ presentations }) => presentations.flatMap(({ destinations }) => destinations)),
  ]);
  const bases = new Map(plan.decider.destinations.map(({ id, base }) => [id, base ?? id]));
  return (id) => seen.has(bases.get(id) ?? id);
}
