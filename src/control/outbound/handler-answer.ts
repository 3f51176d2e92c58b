// What an HTTP handler answered: `{"action": ..., "data": {...}}`, checked as drachtio-server does.
import { milliseconds } from '../milliseconds.js';
import { parseApplicationAddress } from './request-handler.js';
import type { ApplicationAddress } from './request-handler.js';

export interface ProxyInstruction {
  readonly action: 'proxy';
  readonly targets: readonly string[];
  readonly recordRoute: boolean;
  readonly followRedirects: boolean;
  readonly parallel: boolean;
  readonly provisionalTimeoutMs: number | undefined;
  readonly finalTimeoutMs: number | undefined;
}

export type HandlerAnswer =
  | { readonly action: 'reject'; readonly status: number; readonly reason: string | undefined }
  | { readonly action: 'redirect'; readonly contacts: readonly string[] }
  | ProxyInstruction
  | { readonly action: 'connect'; readonly address: ApplicationAddress }
  | { readonly action: 'tag'; readonly tag: string }
  /** Why the answer is none. */
  | { readonly action: 'invalid'; readonly why: string };

type Data = Readonly<Record<string, unknown>>;
const invalid = (why: string): HandlerAnswer => ({ action: 'invalid', why });

export function parseHandlerAnswer(body: string): HandlerAnswer {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return invalid('the body is no JSON');
  }
  if (!isData(parsed)) return invalid('the body is no JSON object');
  const { action, data } = parsed;
  if (!isData(data)) return invalid('data is no object');
  switch (action) {
    case 'reject':
      return reject(data);
    case 'redirect': {
      const contacts = texts(data['contact'] ?? data['contacts']);
      return contacts === undefined ? invalid('data.contact is no list of URIs') : { action, contacts };
    }
    case 'proxy':
      return proxy(data);
    case 'route':
      return route(data);
    default:
      return invalid('action is none of reject, redirect, proxy and route');
  }
}

function reject({ status, reason }: Data): HandlerAnswer {
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 300 || status > 699) {
    return invalid('data.status is no final status from 300 to 699');
  }
  return { action: 'reject', status, reason: typeof reason === 'string' ? reason : undefined };
}

/** Defaults are those of drachtio-server. */
function proxy(data: Data): HandlerAnswer {
  const targets = texts(data['destination']);
  if (targets === undefined) return invalid('data.destination is no list of URIs');
  const { provisionalTimeout = '5s', finalTimeout = '60s' } = data;
  return {
    action: 'proxy',
    targets,
    recordRoute: data['recordRoute'] === true,
    followRedirects: data['followRedirects'] !== false,
    parallel: data['simultaneous'] === true,
    provisionalTimeoutMs: milliseconds(provisionalTimeout),
    finalTimeoutMs: milliseconds(finalTimeout),
  };
}

/** Its guide says `url` where its code says `uri`. */
function route({ uri, url, tag }: Data): HandlerAnswer {
  const where = uri ?? url;
  if (typeof where === 'string') {
    const address = parseApplicationAddress(where);
    return address === undefined ? invalid('data.uri is no host:port') : { action: 'connect', address };
  }
  return typeof tag === 'string' ? { action: 'tag', tag } : invalid('data has neither uri nor tag');
}

/** One text or several; undefined when it is anything else, or nothing. */
function texts(value: unknown): readonly string[] | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || list.length > 50) return undefined;
  const strings = list.filter((one) => typeof one === 'string' && one !== '');
  return strings.length === list.length ? (strings as string[]) : undefined;
}

function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
