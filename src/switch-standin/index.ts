export { EventStamp, StampedEvent, escapeValue, jsonText, plainText } from './event-socket/event-format.js';
export type { EventFormat, EventStampOptions } from './event-socket/event-format.js';
export { AnsweringEndpoint } from './answering-endpoint.js';
export type { AnsweringEndpointOptions } from './answering-endpoint.js';
export { sdpAnswer, sdpOffer } from './session-description.js';
export { TestCaller } from './test-caller.js';
export type { LadderEntry, TestCall, TestCallerOptions, TestCallResult } from './test-caller.js';
export type { AgentDialler, EventHeader, EventSink, StandInChannel, SwitchEvent } from './switch-event.js';
export { CommandReader } from './event-socket/command-reader.js';
export type { ClientCommand } from './event-socket/command-reader.js';
export { EventSubscription } from './event-socket/event-subscription.js';
export { EventSocketServer } from './event-socket/event-socket-server.js';
export type { EventFaults, EventSocketServerOptions } from './event-socket/event-socket-server.js';
export { EventSocketError } from './event-socket/errors.js';
export { uptimeText } from './event-socket/api-commands.js';
export type { ApiCommandSource, SwitchLoad, SwitchVersion } from './event-socket/api-commands.js';
export { CallCentre } from './call-centre/call-centre.js';
export type { CallCentreOptions } from './call-centre/call-centre.js';
export type { CancelReason, MemberOutcome } from './call-centre/member.js';
export { queueStrategies } from './call-centre/settings.js';
export type {
  AgentSettings,
  CallCentreSettings,
  QueueSettings,
  QueueStrategy,
  TierSettings,
} from './call-centre/settings.js';
export { profileOf, SimulatedAgents } from './call-centre/simulated-agents.js';
export type { AgentProfile, BreakTaker, SimulatedAgentsOptions } from './call-centre/simulated-agents.js';
export { StandInCentre } from './stand-in-centre.js';
export type { StandInCentreOptions, StandInCounts } from './stand-in-centre.js';
export type { ProgramSettings } from './dialplan/destinations.js';
