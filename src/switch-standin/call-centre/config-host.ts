// What the configuration commands work on.
import type { CentreContext } from './centre-context.js';
import type { Members } from './members.js';
import type { Queues } from './queues.js';
import type { Roster } from './roster.js';

export interface ConfigHost {
  readonly context: CentreContext;
  readonly queues: Queues;
  readonly roster: Roster;
  readonly members: Members;
  /** Agents of the settings, again: all or one. */
  importAgents(name?: string): void;
  /** Tiers of the settings, again: all, those of a queue, or one. */
  importTiers(queue?: string, agent?: string): void;
}
