export type { Board, Destination, DestinationKind, DestinationState, StateProblem } from './board.js';
export { BoardBuilder } from './board-builder.js';
export type { BoardOptions, CentreHealth } from './board-builder.js';

export { derivedQueues, presentedAt } from './derived-queues.js';
export type { DerivedQueue } from './derived-queues.js';
export { compileDestinations } from './destinations.js';
export { chatPlace, compileWebPlaces, defaultPage, presentedPage, withWebPlaces } from './web-places.js';
export { erlangB, erlangC, meanWaitOfWaiting } from './erlang.js';
export { Reservations } from './reservations.js';
export type { ReservationHandle, ReservationOptions, ReservedCall } from './reservations.js';
export { estimateWaitSeconds, patience } from './wait.js';
export type {
  AgentReading,
  AgentState,
  AgentStatus,
  AgentTier,
  CallBrought,
  CentreCall,
  CentreCallEvent,
  CentreReading,
  FeedListener,
  FeedStatus,
  QueueReading,
} from './centre-reading.js';
export type {
  BridgeRequest,
  CentreControl,
  CollectRequest,
  CollectResult,
  ControlAnswer,
  IvrBank,
  IvrPort,
  OpenPort,
  PlayRequest,
  PortFailure,
  PortGone,
  Prompt,
} from './ivr-bank.js';
export type { Claim, ClaimAnswer, LedgerEntry, ReservationLedger } from './ledger.js';
export type { RefusedAnswer, RouteAnswer, RouteTarget, StatusAnswer } from './person-route.js';
export { agentsFromStep, firstStepMet, meetsStep, skillLevelAt } from './skills/qualification.js';
export type { SkilledAgent } from './skills/qualification.js';
export { skillTiers, stepLevels, tierRules } from './skills/tiers.js';
export type { SkillTier } from './skills/tiers.js';
