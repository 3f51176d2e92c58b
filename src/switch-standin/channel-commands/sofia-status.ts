// `sofia status`: the SIP profiles (mod_sofia.c, cmd_status).
import type { SofiaProfile } from '../channel/sofia-profile.js';

const line = '='.repeat(97);

function row(name: string, type: string, data: string, state: string): string {
  return `${name.padStart(25)}\t${type.padStart(7)}\t${data.padStart(42)}\t${state}`;
}

/** @param callsOf calls through a profile now */
export function sofiaStatus(profiles: readonly SofiaProfile[], callsOf: (profile: string) => number): string {
  const rows = [...profiles]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((profile) => row(profile.name, 'profile', profile.url, `RUNNING (${callsOf(profile.name)})`));
  const count = `${profiles.length} profile${profiles.length === 1 ? '' : 's'} 0 aliases`;
  return [row('Name', '   Type', 'Data', 'State'), line, ...rows, line, count, ''].join('\n');
}

export function sofiaProfileStatus(profile: SofiaProfile, calls: number): string {
  const fields = [
    ['Name', profile.name],
    ['Domain Name', 'N/A'],
    ['Dialplan', 'XML'],
    ['URL', profile.url],
    ['BIND-URL', `${profile.url};transport=udp,tcp`],
    ['CODECS IN', 'PCMU,PCMA'],
    ['CODECS OUT', 'PCMU,PCMA'],
    ['TEL-EVENT', '101'],
    ['DTMF-MODE', 'rfc2833'],
    ['CALLS-IN', String(calls)],
    ['FAILED-CALLS-IN', '0'],
    ['REGISTRATIONS', '0'],
  ] as const;
  const rows = fields.map(([name, value]) => `${name.padEnd(16)}\t${value}`);
  return [line, ...rows, ''].join('\n');
}
