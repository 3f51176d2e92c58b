// Commands of mod_commands and mod_callcenter, written so that no value can become more than a value. Undefined where one cannot.
// Sources: uuid_setvar_multi_function, transfer_function, inline_dialplan_hunt (FreeSWITCH 1.11).

const uuidPattern = /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;
const namePattern = /^[A-Za-z0-9_.-]{1,64}$/;
const headerPattern = /^[A-Za-z0-9-]{1,64}$/;
/** What splits a dial string, a dialplan line or the command itself is not in it. */
const uriPattern = /^sips?:[A-Za-z0-9_.!~*()&=+$;?/:@%[\]-]{1,500}$/;

/** What mod_callcenter takes as the status of an agent. */
export const agentStatuses: ReadonlySet<string> = new Set([
  'Available',
  'Available (On Demand)',
  'On Break',
  'Logged Out',
]);

export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/** Sets the headers of the next leg; '' when there are none. */
export function headersCommand(uuid: string, headers: Readonly<Record<string, string>>): string | undefined {
  const variables: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    if (!headerPattern.test(name) || /[\u0000-\u001f\u007f]/.test(value)) return undefined;
    variables.push(`sip_h_${name}=${value.replaceAll(/[\\';]/g, '\\$&')}`);
  }
  return variables.length === 0 ? '' : `uuid_setvar_multi ${uuid} ${variables.join(';')}`;
}

export function toQueueCommand(uuid: string, queue: string, context: string): string | undefined {
  if (!namePattern.test(queue) || !namePattern.test(context)) return undefined;
  return `uuid_transfer ${uuid} ${queue} XML ${context}`;
}

/** The variables of the call itself go with it, so the dial string needs only its own. */
export function toUriCommand(uuid: string, uri: string, ringSeconds: number): string | undefined {
  if (!uriPattern.test(uri) || uri.includes('${') || uri.includes(':_:')) return undefined;
  return `uuid_transfer ${uuid} bridge:{originate_timeout=${ringSeconds}}sofia/internal/${uri} inline`;
}

export function agentStatusCommand(agent: string, domain: string, status: string): string | undefined {
  if (!namePattern.test(agent) || !namePattern.test(domain) || !agentStatuses.has(status)) return undefined;
  return `callcenter_config agent set status ${agent}@${domain} '${status}'`;
}
