// Does a request come from our own pages? Sec-Fetch-Site is the browser's word, which no page can change; browsers leave it out where
// the address is neither https nor loopback, and then Origin has to be ours.
import type { FastifyRequest } from 'fastify';

/** True for what is no browser, too: it sends neither header. @param publicUrl of the settings: behind a proxy, Host is another */
export function isSameOrigin(
  { headers }: Pick<FastifyRequest, 'headers'>,
  publicUrl: string | undefined,
): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin, host } = headers;
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  if (publicUrl !== undefined && new URL(publicUrl).origin === origin) return true;
  return new URL(origin).host === host;
}

/** Does the person reach us by https? */
export function isHttps(
  request: Pick<FastifyRequest, 'headers' | 'protocol'>,
  publicUrl: string | undefined,
): boolean {
  // A header that is made up only makes the cookie of who made it up stricter.
  const forwarded = request.headers['x-forwarded-proto'];
  return request.protocol === 'https' || forwarded === 'https' || publicUrl?.startsWith('https:') === true;
}
