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
