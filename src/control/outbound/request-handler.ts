// Who says what becomes of a new request, for outbound connections (drachtio-protocol section 8).

export interface RequestHandler {
  /** In upper case; `*` for methods that have none of their own. */
  readonly sipMethod: string;
  readonly httpMethod: 'GET' | 'POST';
  /** `http:` or `https:` of a service that is asked; `tcp:` or `tls:` with host and port of an application. */
  readonly uri: string;
  /** Of https and tls. Default true. */
  readonly mustVerifyPeer?: boolean;
}

/** Where an application listens (`srf.listen`). */
export interface ApplicationAddress {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

const address = /^(?:(tcp|tls):\/\/)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+):(\d{1,5})\/?(?:;transport=(tcp|tls))?$/i;

/** `host:port`, `host:port;transport=tls`, `tcp://host:port`, `tls://host:port`; undefined for anything else. */
export function parseApplicationAddress(text: string): ApplicationAddress | undefined {
  const match = address.exec(text.trim());
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65535) return undefined;
  const isTls = [match[1], match[4]].some((one) => one?.toLowerCase() === 'tls');
  return { host: (match[2] ?? '').replace(/^\[|\]$/g, ''), port, isTls };
}
