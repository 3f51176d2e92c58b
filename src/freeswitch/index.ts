export { EventSocketConnection } from './event-socket/connection.js';
export type {
  CloseCause,
  CommandReply,
  ConnectionClose,
  EventSocketListener,
  EventSocketOptions,
} from './event-socket/connection.js';
export type { EventHeaders } from './event-socket/event-headers.js';
export { CentreFeed, FeedSettingsError, MEDIA_PROGRAM } from './feed/centre-feed.js';
export type { FeedOptions, WatchedCentre } from './feed/centre-feed.js';
export { CentreFeeds } from './feed/centre-feeds.js';
export { EventSocketControl } from './control/event-socket-control.js';
export type { CentreCommands } from './control/event-socket-control.js';
export { FsmrfBank } from './media/fsmrf-bank.js';
export type { FsmrfBankOptions, MediaStatus } from './media/fsmrf-bank.js';
