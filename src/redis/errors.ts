// Errors of the connection to Redis. A command that fails rejects with the error of ioredis.
import { AppError } from '../kernel/index.js';

/** Thrown when the URL of a connection is no redis: or rediss: URL. It is not quoted: it may hold a password. */
export class RedisUrlError extends AppError {
  constructor() {
    super('REDIS_URL', 'REDIS_URL must look like redis://host:6379/0 or rediss://user:secret@host:6379/0');
  }
}
