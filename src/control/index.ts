// The drachtio control protocol, server side.
export { PROTOCOL_VERSION } from './connection.js';
export { ControlServer } from './control-server.js';
export type { ControlServerOptions } from './control-server.js';
export { createInProcessLink } from './create-in-process-link.js';
export type { InProcessLink, InProcessLinkOptions } from './in-process-link.js';
export { ControlListenError } from './tcp-listener.js';
export type { FrontRules } from './front-rules.js';
export type { RequestHandler } from './outbound/request-handler.js';
export type { ControlTlsFiles } from './tls-files.js';
