// How far a partner's system is believed.
import type { SaidConfidence } from './contact.js';

const order: readonly SaidConfidence[] = ['claimed', 'trusted', 'verified'];

/** What was said, but no more than the partner's settings allow; nothing said is `claimed`. */
export function believed(said: SaidConfidence | undefined, most: SaidConfidence): SaidConfidence {
  const index = Math.min(order.indexOf(said ?? 'claimed'), order.indexOf(most));
  return order[index] ?? 'claimed';
}
