export { HttpListenError, HttpServer } from './http-server.js';
export type { HttpServerOptions, PartReadiness } from './http-server.js';
