// Headers that every answer carries: what a browser may do with it is nothing but what its own policy allows.
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

/** Registers them; an answer that is a page sets a policy of its own over this one. */
export function secureHeaders(app: FastifyInstance): void {
  void app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: false,
  });
  app.addHook('onRequest', (request, reply, next) => {
    // Over plain HTTP browsers take no notice of it, so that a made-up header does nothing.
    if (request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https')
      void reply.header('Strict-Transport-Security', 'max-age=31536000');
    next();
  });
}

/** Answers of `v1` tell of callers and people: no browser and no proxy keeps them, but where an area says otherwise. */
export function keepNowhere(v1: FastifyInstance): void {
  v1.addHook('onSend', (_request, reply, _payload, next) => {
    if (!reply.hasHeader('Cache-Control')) void reply.header('Cache-Control', 'no-store');
    next();
  });
}
