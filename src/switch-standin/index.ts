export { EventStamp, StampedEvent, escapeValue, jsonText, plainText } from './event-socket/event-format.js';
export type { EventFormat, EventStampOptions } from './event-socket/event-format.js';
export { AnsweringEndpoint } from './answering-endpoint.js';
export type { AnsweringEndpointOptions } from './answering-endpoint.js';
export { sdpAnswer, sdpOffer } from './session-description.js';
export { TestCaller } from './test-caller.js';
export type { LadderEntry, TestCall, TestCallerOptions, TestCallResult } from './test-caller.js';
export type { AgentDialler, EventHeader, EventSink, StandInChannel, SwitchEvent } from './switch-event.js';
