export { contactEvents, contactStates } from './contact.js';
export type {
  ContactEvent,
  ContactIdentity,
  ContactMedium,
  ContactOffer,
  ContactRequest,
  ContactState,
  ContactTarget,
  ContactView,
  CreateAnswer,
  EventAnswer,
  GivenEvent,
  SaidConfidence,
} from './contact.js';
export { ContactRouter } from './contact-router.js';
export type { ContactRouterOptions } from './contact-router.js';
export { transitions } from './event-machine.js';
export type { RecordedContact } from './open-contact.js';
export { ContactTokens } from './contact-tokens.js';
