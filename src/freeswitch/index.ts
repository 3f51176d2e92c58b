export { EventSocketConnection } from './event-socket/connection.js';
export type {
  CloseCause,
  CommandReply,
  ConnectionClose,
  EventSocketListener,
  EventSocketOptions,
} from './event-socket/connection.js';
export type { EventHeaders } from './event-socket/event-headers.js';
