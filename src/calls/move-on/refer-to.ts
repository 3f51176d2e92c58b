// The Refer-To of a trunk: a template that is filled in and never normalised, since what one carrier demands another one refuses.
import { uriHeaders } from '../cti-headers.js';
import type { Headers } from '../cti-headers.js';

const uriParts = /^sips?:(?:([^@]*)@)?(\[[^\]]*\]|[^:;?]+)(?::(\d+))?(;[^?]*)?/i;

/**
 * Fills a template such as `<{uri}?{headers}>`.
 * `{uri}` the URI of the destination, `{user}` `{host}` `{port}` (5060 when the URI has none) `{transport}` (`udp`) its parts,
 * `{headers}` the CTI headers as URI headers (RFC 3261 19.1.1). What a template does not know stays as it is.
 */
export function referTo(template: string, uri: string, headers: Headers): string {
  const [, user = '', host = '', port = '5060', params = ''] = uriParts.exec(uri) ?? [];
  const transport = /;transport=([a-z]+)/i.exec(params)?.[1] ?? 'udp';
  const values: Readonly<Record<string, string>> = {
    uri,
    user,
    host,
    port,
    transport,
    headers: uriHeaders(headers),
  };
  return template.replace(/\{([a-z]+)\}/g, (whole, name: string) => values[name] ?? whole);
}
