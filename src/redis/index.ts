export { RedisUrlError } from './errors.js';
export { redactedUrl, RedisConnection } from './redis-connection.js';
export type { RedisConnectionOptions } from './redis-connection.js';
