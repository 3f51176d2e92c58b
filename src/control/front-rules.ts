// What is answered without an application, when drachtio-server's settings of that kind are on.
import { parseSipUri } from '../sip/index.js';
import type { SipMessage } from '../sip/index.js';

export interface FrontRules {
  /** OPTIONS with this User-Agent get 200: health checks of a load balancer, say. */
  readonly autoRespond?: string | undefined;
  /** REGISTER to an IPv4 address, as scanners send it, gets 403. */
  readonly refusesRegisterWithoutDomain?: boolean;
}

const ipv4 = /^(?:\d{1,3}\.){3}\d{1,3}$/;

/** The methods that some rule is about. */
export function ruledMethods(rules: FrontRules | undefined): ReadonlySet<string> {
  const methods = new Set<string>();
  if (rules?.autoRespond !== undefined) methods.add('OPTIONS');
  if (rules?.refusesRegisterWithoutDomain === true) methods.add('REGISTER');
  return methods;
}

/** The status to answer with at once; undefined: the application is asked. */
export function ruledStatus(rules: FrontRules, request: SipMessage): number | undefined {
  if (request.method === 'OPTIONS') {
    return rules.autoRespond !== undefined && request.get('user-agent') === rules.autoRespond
      ? 200
      : undefined;
  }
  if (request.method !== 'REGISTER' || rules.refusesRegisterWithoutDomain !== true) return undefined;
  const uri = parseSipUri(request.requestUri);
  return uri !== null && ipv4.test(uri.host) ? 403 : undefined;
}
