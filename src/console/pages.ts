// Serves the built pages of the console: files with a hash in their name for a year, index.html anew each time with the nonce of its
// policy. Every path that is no file and nothing of the API is a place in the pages.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../kernel/index.js';
import { registerEmbed } from './contacts/embed-site.js';

/** Where the build puts them. */
export const builtPages = path.resolve(import.meta.dirname, '../../console');

const noncePlace = '__CSP_NONCE__';

/** Thrown at start when the pages were not built. */
export class PagesMissingError extends AppError {
  constructor(directory: string) {
    super('CONSOLE_PAGES_MISSING', `there are no pages of the console in ${directory}: run npm run build`);
  }
}

/** No script and no style but files of ours and styles with the nonce; nobody may put the pages into a frame. */
function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    // Scripts of offers from elsewhere are shown in a frame.
    'frame-src https: http:',
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Registers the pages on `app`.
 * @param directory default: where the build puts them
 * @throws PagesMissingError
 */
export function registerPages(app: FastifyInstance, directory: string = builtPages): void {
  const file = path.join(directory, 'index.html');
  if (!existsSync(file)) throw new PagesMissingError(directory);
  const [before = '', after = ''] = readFileSync(file, 'utf8').split(noncePlace);
  void app.register(fastifyStatic, {
    root: path.join(directory, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
    // The build leaves a .br and a .gz beside each file that is smaller so.
    preCompressed: true,
    setHeaders: (reply) => void reply.setHeader('Vary', 'Accept-Encoding'),
    decorateReply: false,
    index: false,
  });
  registerEmbed(app, path.join(directory, 'embed'));
  app.setNotFoundHandler((request, reply) => {
    const isPage =
      request.method === 'GET' &&
      !request.url.startsWith('/v1/') &&
      !request.url.startsWith('/assets/') &&
      (request.headers.accept ?? '').includes('text/html');
    if (!isPage) return reply.code(404).send({ code: 'not-found', message: 'there is nothing at that path' });
    const nonce = randomBytes(16).toString('base64');
    return reply
      .headers({
        'Content-Security-Policy': policyWith(nonce),
        'Cache-Control': 'no-store',
      })
      .type('text/html; charset=utf-8')
      .send(`${before}${nonce}${after}`);
  });
}
