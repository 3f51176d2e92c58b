// The script tag for web pages of partners, and an example page that uses it: files of the built pages, under /embed.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';

const files: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  '/embed/proffer.js': { file: 'proffer.js', type: 'text/javascript; charset=utf-8' },
  '/embed/example': { file: 'example.html', type: 'text/html; charset=utf-8' },
  '/embed/example.js': { file: 'example.js', type: 'text/javascript; charset=utf-8' },
  '/embed/example.css': { file: 'example.css', type: 'text/css; charset=utf-8' },
};

/** As strict as a page with the script tag can be. */
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'";

/**
 * Registers them.
 * @param directory where the build puts them
 * @throws what the file system throws when the pages were not built
 */
export function registerEmbed(app: FastifyInstance, directory: string): void {
  for (const [url, { file, type }] of Object.entries(files)) {
    const content = readFileSync(path.join(directory, file));
    app.get(url, { schema: { hide: true } }, (_request, reply) =>
      reply
        .headers({
          'Content-Security-Policy': policy,
          'Cache-Control': 'public, max-age=300',
          'X-Content-Type-Options': 'nosniff',
          'Referrer-Policy': 'no-referrer',
          // Pages of partners load the script from their own sites.
          'Cross-Origin-Resource-Policy': 'cross-origin',
        })
        .type(type)
        .send(content),
    );
  }
}
