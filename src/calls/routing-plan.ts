// Everything of a call's route that the settings fix, made once for each set of settings and swapped as a whole.
import { BoardBuilder } from '../callcenter/index.js';
import type { Partner, Settings, Trunk } from '../config/index.js';
import { createDecider, servedBy } from '../decision/index.js';
import type { Decider, Decision, Medium, RouteStep } from '../decision/index.js';
import { PartnerDirectory } from './identify.js';
import { MenuDirectory } from './ivr/menu-directory.js';
import type { MenuTable } from './ivr/menu-machine.js';
import { SourceMatcher } from './source-matcher.js';

/** What the settings are compiled to; calls that are in progress keep the plan they began with. */
export interface RoutingPlan {
  readonly settings: Settings;
  readonly trunks: SourceMatcher<Trunk>;
  readonly partners: PartnerDirectory;
  readonly board: BoardBuilder;
  readonly decider: Decider;
  /** Of calls with a text stream; its destinations are those of the other. */
  readonly textDecider: Decider;
  /** Centres with an event socket: followed live, and able to give IVR ports. */
  readonly mediaCentres: ReadonlySet<string>;
  /** The menu that the router itself runs for a step; undefined for every other kind of step. */
  readonly menuOf: (step: RouteStep) => MenuTable | undefined;
}

/** @throws what `createDecider` throws for settings that a checking loader would have refused */
export function compileRoutingPlan(settings: Settings): RoutingPlan {
  const decider = createDecider(settings);
  const trunks = settings.trunks.trunks.map((trunk) => ({
    addresses: trunk.addresses,
    transports: trunk.transports,
    owner: trunk,
  }));
  const feeds = new Map(
    settings.centres.centres.flatMap(({ centre, eventSocket }) =>
      eventSocket === undefined ? [] : [[centre, { staleAfterMs: eventSocket.staleAfterMs }] as const],
    ),
  );
  const mediaCentres = new Set(feeds.keys());
  const menus = new MenuDirectory(settings);
  const { lifetimeMs } = settings.process.reservations;
  return {
    settings,
    trunks: new SourceMatcher(trunks),
    partners: new PartnerDirectory(settings),
    board: new BoardBuilder(decider.destinations, { feeds, lifetimeMs }),
    decider,
    textDecider: createDecider(settings, { medium: 'text' }),
    mediaCentres,
    menuOf: (step) =>
      step.target.kind === 'destination' && mediaCentres.has(step.target.destination.centre)
        ? menus.menuOf(step)
        : undefined,
  };
}

/** The decision where deciding itself broke: plain service by the partner's queues in order, then the overflow URI. */
export function undecided(
  plan: RoutingPlan,
  partner: Partner,
  decisionId: string,
  medium: Medium = 'call',
): Decision {
  return {
    decisionId,
    partner: partner.partner,
    customer: undefined,
    generation: undefined,
    arm: 'none',
    offer: undefined,
    steps: plainService(plan, partner, medium),
    reason: 'decision-failure',
    failOpen: ['decision-failure'],
    gates: [],
    candidates: [],
  };
}

function plainService(plan: RoutingPlan, partner: Partner, medium: Medium): readonly RouteStep[] {
  const steps: RouteStep[] = [];
  for (const id of servedBy(medium, partner, plan.decider.destinationById)) {
    const destination = plan.decider.destinationById.get(id);
    if (destination !== undefined)
      steps.push({ target: { kind: 'destination', destination }, offer: undefined });
  }
  steps.push({ target: { kind: 'overflow', uri: partner.overflowUri }, offer: undefined });
  return steps;
}
