// What a router process has of agents' desks: the live topic and the API, joined to the router, the centres and the records. Calls
// wait for none of it.
import { Desk, deskApi, DeskOperations } from '../console/index.js';
import type { ApiArea, DeskPorts, PresentationForCaller, PresentedAnswer } from '../console/index.js';
import { stepsByWait } from '../calls/index.js';
import type { CallRouter } from '../calls/index.js';
import type { StatusAnswer } from '../callcenter/index.js';
import type { Clock, Logger, Part } from '../kernel/index.js';
import type { LiveCentres } from './live-centres.js';
import type { RecordsSide } from './records-side.js';

export interface DeskSideParts {
  readonly router: CallRouter;
  readonly centres: LiveCentres;
  readonly records: RecordsSide | undefined;
  /** Of the API: the centre is asked, and whoever holds agents is told. */
  readonly setStatus: (centre: string, agent: string, status: string) => Promise<StatusAnswer>;
  /** True: agents see whole numbers of callers. Default: masked. */
  readonly isCallerShown?: () => boolean;
  /** A page of ours is there for the offer. Default: none is. */
  readonly hasPage?: (offer: string) => boolean;
  readonly audit?: ConstructorParameters<typeof DeskOperations>[0]['audit'];
  readonly clock: Clock;
  readonly log: Logger;
}

export class DeskSide {
  readonly desk: Desk;
  readonly area: ApiArea;

  constructor(parts: DeskSideParts) {
    const { router, centres, audit, clock, log } = parts;
    const ports = deskPorts(parts, (decisionId, offer) => this.desk.recorded(decisionId, offer));
    this.desk = new Desk({ ports, clock, log });
    this.area = deskApi(new DeskOperations({ desk: this.desk, ports, audit, clock }));
    const { desk } = this;
    centres.follow({
      onCallEvent: (event) => desk.onCallEvent(event),
      onReading: (reading) => desk.onReading(reading),
      onStatus: (status) => desk.onStatus(status),
    });
    router.live.events.on('changed', ({ decisionId }) => desk.calls.touch(decisionId));
  }

  get part(): Part {
    return this.desk;
  }
}

function deskPorts(
  { router, centres, records, setStatus, isCallerShown, hasPage, clock }: DeskSideParts,
  onRecorded: (decisionId: string, offer: string) => void,
): DeskPorts {
  const feedOf = (centre: string) => centres.feeds.feeds.find((one) => one.centre === centre);
  const isLive = (centre: string): boolean => feedOf(centre)?.status.state === 'live';
  return {
    callOf: (decisionId) => {
      const call = router.live.get(decisionId);
      if (call === undefined) return undefined;
      const { partner, caller, offer, offers = [] } = call;
      return { partner, caller, offer, offers };
    },
    offerOf: (code) => {
      const offer = router.settings.offers.offers.find((one) => one.offer === code);
      if (offer === undefined) return undefined;
      const { name, kind, partner } = offer;
      return { name, kind, partner, hasPage: hasPage?.(code) ?? false };
    },
    partnerName: (partner) =>
      router.settings.partners.partners.find((one) => one.partner === partner)?.name ?? partner,
    presentationsOf: (partner, offer, centre) => presentations(router, clock, { partner, offer, centre }),
    agentOf: (centre, agent) => (isLive(centre) ? feedOf(centre)?.reading?.agents.get(agent) : undefined),
    isLive,
    setStatus,
    wished: (centre, agent, status) => records?.statusSet(centre, agent, status),
    present: (decisionId, by, offer) => present(router, decisionId, by, offer),
    isCallerShown: isCallerShown ?? (() => false),
    records: records?.desk(onRecorded),
  };
}

/** Where an offer could be presented now to a call at a centre, as PersonRouting would send it. */
function presentations(
  { plan, settings }: CallRouter,
  clock: Clock,
  { partner, offer, centre }: { readonly partner: string; readonly offer: string; readonly centre: string },
): readonly PresentationForCaller[] {
  const known = settings.offers.offers.find((one) => one.offer === offer);
  const steps = plan.decider.offerSteps(partner, offer) ?? [];
  const board = plan.board.snapshot(clock.now(), clock.wallNow());
  return (known?.presentations ?? []).map(({ presentation, kind }) => {
    const own = steps.filter((step) => step.offer?.presentation === presentation);
    const sendable = own.filter((step) => plan.menuOf(step) === undefined);
    const isReachable = stepsByWait(sendable, board, centre).length > 0;
    const why =
      own.length > 0 && sendable.length === 0
        ? 'a menu of the router presents it, which a call at a centre cannot be sent to'
        : 'nobody takes calls for it now';
    return { presentation, kind, isReachable, why: isReachable ? '' : why };
  });
}

function present(
  { live, exposures, plan }: CallRouter,
  decisionId: string,
  { centre, queue, agent, isOver }: Parameters<DeskPorts['present']>[1],
  offer: string,
): PresentedAnswer {
  const call = live.get(decisionId);
  if (call === undefined) {
    return {
      kind: 'not-yours',
      message: 'the call ended too long ago: say what was presented while it talks, or within 30 seconds',
    };
  }
  const steps = plan.decider.offerSteps(call.partner, offer);
  if (steps === undefined) {
    return { kind: 'not-entitled', message: `${offer} is no offer for calls of ${call.partner}` };
  }
  const byAgent = steps.find(
    ({ target }) => target.kind === 'destination' && target.destination.kind === 'queue',
  );
  const presentation = (byAgent ?? steps[0])?.offer?.presentation ?? 'agent';
  const { callId } = call;
  const destination = `${centre}/${queue}`;
  exposures.reserve({ decisionId, callId, offer, presentation, kind: 'agent', destination });
  exposures.agentAnswered(decisionId, { agent, centre, queue, offerCode: offer });
  if (isOver) exposures.memberLeft(decisionId, 'answered');
  live.presented(decisionId, `${offer}:agent`);
  return { kind: 'done' };
}
