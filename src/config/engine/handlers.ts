// Who says what becomes of a new request: an HTTP service, or an application that is called directly. A flag or variable replaces
// those of the file, as in drachtio-server.
import type { ValueReader } from './value-reader.js';
import { asElements } from './xml-file.js';
import type { XmlElement } from './xml-file.js';

export interface EngineHandler {
  /** In upper case; `*` for those that have none of their own. */
  readonly sipMethod: string;
  readonly httpMethod: 'GET' | 'POST';
  /** `http:`, `https:`, or `tcp:` and `tls:` with host and port of an application. */
  readonly uri: string;
  /** Of an https handler, or an application over TLS. */
  readonly mustVerifyPeer: boolean;
}

const path = 'request-handlers/request-handler';

export function readHandlers(
  reader: ValueReader,
  elements: readonly XmlElement[],
  file: string,
): readonly EngineHandler[] {
  const said = reader.said('httpHandler');
  if (said === undefined) return [];
  if (!said.field.startsWith('<')) {
    const method = reader.text('httpMethod');
    if (!isHandlerUri(said.value)) reader.refuse(said, why);
    const httpMethod = method?.toUpperCase() === 'POST' ? 'POST' : 'GET';
    return [{ sipMethod: '*', httpMethod, uri: said.value, mustVerifyPeer: true }];
  }
  return elements
    .filter((element) => element.path === path)
    .map(({ text, attributes }) => {
      if (!isHandlerUri(text)) reader.refuse({ file, field: asElements(path), value: text }, why);
      const verify = attributes['verify-peer']?.toLowerCase();
      return {
        sipMethod: (attributes['sip-method'] ?? '*').toUpperCase(),
        httpMethod: attributes['http-method']?.toUpperCase() === 'POST' ? 'POST' : 'GET',
        uri: text,
        // Deviation: the real one verifies only when asked to.
        mustVerifyPeer: verify !== 'false' && verify !== 'no' && verify !== '0',
      };
    });
}

const why = 'is no http://, https://, tcp://host:port or tls://host:port address';

function isHandlerUri(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, port } = new URL(text);
  if (hostname === '') return false;
  return (
    protocol === 'http:' ||
    protocol === 'https:' ||
    ((protocol === 'tcp:' || protocol === 'tls:') && port !== '')
  );
}
