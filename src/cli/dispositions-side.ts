// What a router process does with what became of offers: the API's part, auto-wrap, the feed to the strategy store, and agents who owe
// dispositions. Calls wait for none of it.
import type { Registry } from 'prom-client';
import { DispositionDuty } from '../calls/index.js';
import type { CallRouter } from '../calls/index.js';
import type { CentreControl } from '../callcenter/index.js';
import type { RecordsOperations } from '../console/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import {
  AutoWrap,
  DispositionMetrics,
  Dispositions,
  HeldAgents,
  LearnedFeed,
  ServiceAlerts,
} from '../records/index.js';
import type { Disposition, DispositionsOptions, LearnedSink } from '../records/index.js';
import type { FeedFollower } from './feed-followers.js';
import { recordsOperations } from './records-operations.js';

export interface DispositionsSideParts {
  readonly database: DispositionsOptions['database'];
  /** The strategy store's `learned`. */
  readonly sink: LearnedSink;
  readonly router: Pick<CallRouter, 'live' | 'settings'>;
  readonly control: Pick<CentreControl, 'setAgentStatus'>;
  readonly registry: Registry;
  readonly clock: Clock;
  readonly log: Logger;
  /** What tells this router from others with the same database, the same after a restart: the name of its spool. */
  readonly routerId: () => Promise<string>;
  /** Tells whoever shows what is still to be recorded. */
  readonly onRecorded?: (key: Pick<Disposition, 'decisionId' | 'offer'>) => void;
  /** Brings the lines of this router into the database; of the spool. */
  readonly drain?: (deadlineMs: number) => Promise<boolean>;
}

export class DispositionsSide {
  readonly dispositions: Dispositions;
  readonly alerts: ServiceAlerts;
  /** For `HttpServerOptions.records`. */
  readonly operations: RecordsOperations;
  readonly duty: DispositionDuty;
  readonly #feed: LearnedFeed;
  readonly #autoWrap: AutoWrap;

  constructor({ sink, router, control, registry, routerId, drain, ...parts }: DispositionsSideParts) {
    const tell = parts.onRecorded ?? (() => undefined);
    const { database, clock, log } = parts;
    const metrics = new DispositionMetrics(registry, () => this.#feed.ageMs);
    this.#feed = new LearnedFeed({ database, sink, clock, log, onFed: (count) => metrics.fed(count) });
    this.duty = new DispositionDuty({
      live: router.live,
      control,
      ruleOf: (partner) => {
        const rule = router.settings.partners.partners.find((one) => one.partner === partner)?.dispositions;
        return rule && { isRequired: rule.requiredBeforeNextCall, autoWrapSeconds: rule.autoWrapSeconds };
      },
      records: new HeldAgents(database, routerId),
      clock,
      log,
    });
    const onRecorded = (disposition: Disposition): void => {
      metrics.recorded(disposition);
      this.#feed.nudge();
      this.duty.recorded(disposition);
      tell(disposition);
    };
    this.dispositions = new Dispositions({
      database,
      clock,
      onRecorded,
      hasAgent: (decisionId, agent) => hasAgent(router, decisionId, agent),
      ...(drain === undefined ? {} : { drain }),
    });
    this.alerts = new ServiceAlerts({ database, clock, onChanged: () => this.#feed.nudge() });
    this.#autoWrap = new AutoWrap({
      database,
      clock,
      log,
      onWrapped: ({ kind, disposition, ...key }) => {
        if (kind === 'recorded' && disposition !== undefined) onRecorded(disposition);
        else {
          this.duty.recorded(key);
          tell(key);
        }
      },
    });
    this.operations = recordsOperations({ dispositions: this.dispositions, alerts: this.alerts });
  }

  /** In the order in which they start: after the database and the strategy store, before the feeds of the centres. */
  get parts(): readonly Part[] {
    return [this.#feed, this.#autoWrap, this.duty];
  }

  /** For `LiveCentres.follow`. */
  get follower(): FeedFollower {
    return this.duty;
  }
}

/** Talks the agent with that call now? Named as centre/agent or by the agent's id alone. */
function hasAgent({ live }: Pick<CallRouter, 'live'>, decisionId: string, agent: string): boolean {
  const at = live.get(decisionId)?.at;
  return at?.agent !== undefined && (at.agent === agent || `${at.centre}/${at.agent}` === agent);
}
