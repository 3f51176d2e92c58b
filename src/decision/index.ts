export type {
  Arm,
  CandidateTrace,
  Decision,
  DecisionInput,
  GateName,
  GateTrace,
  Identity,
  IdentityConfidence,
  OfferOnCall,
  RouteStep,
} from './decision.js';
export { fnv1a32, isInControlArm } from './control-arm.js';
export { createDecider, UnknownPlanError } from './decide.js';
export type { Decider, DeciderOptions, PlainServiceInput } from './decide.js';
export { hasTextService, servedBy } from './medium.js';
export type { Medium } from './medium.js';
export { UnknownDestinationError } from './plan.js';
export { DiversionWindow } from './diversion.js';
export { isoTime } from './iso-time.js';
export { seedOf } from './rendezvous.js';
export { replay, toDecisionRecord } from './record.js';
export type { CompleteRecord, DecisionRecord, RecordedIdentity, RecordedStep } from './record.js';
